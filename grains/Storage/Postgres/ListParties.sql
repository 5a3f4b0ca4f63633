-- The inner limit keeps it a look per party: as a join it might read every entry there is.
SELECT code FROM treaty_grid.party
WHERE code > $1 AND (SELECT true FROM treaty_grid.entry WHERE entry.party = party.code LIMIT 1)
ORDER BY code
LIMIT $2;
