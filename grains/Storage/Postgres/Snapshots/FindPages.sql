SELECT DISTINCT ON (page.first_key, page.first_version) page.mentions
FROM unnest($3, $4) AS bound (key, version)
CROSS JOIN LATERAL (
    SELECT first_key, first_version, mentions FROM treaty_grid.mention_page_1
    WHERE party = $1 AND run = $2 AND (first_key, first_version) <= (bound.key, bound.version)
    ORDER BY first_key DESC, first_version DESC
    LIMIT 1
) AS page;
