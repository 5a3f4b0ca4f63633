DELETE FROM treaty_grid.mention_page_1 WHERE party = $1 AND run >= $2 AND run < $3;
