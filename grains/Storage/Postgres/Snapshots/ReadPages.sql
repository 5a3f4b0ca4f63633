SELECT mentions FROM treaty_grid.mention_page_1
WHERE party = $1 AND run = $2 AND (first_key, first_version) > ($3, $4)
ORDER BY first_key, first_version
LIMIT $5;
