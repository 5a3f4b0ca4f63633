INSERT INTO treaty_grid.mention_page_1 (party, run, first_key, first_version, mentions)
SELECT $1, $2, page.* FROM unnest($3, $4, $5) AS page;
