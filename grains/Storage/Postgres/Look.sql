SELECT
    coalesce((SELECT p.epoch FROM treaty_grid.party AS p WHERE p.code = asked.code), 0),
    coalesce((SELECT max(e.version) FROM treaty_grid.entry AS e WHERE e.party = asked.code), 0)
FROM unnest($1) WITH ORDINALITY AS asked (code, n)
ORDER BY n;
