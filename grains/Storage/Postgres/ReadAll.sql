SELECT position, party, version, payload FROM treaty_grid.entry
WHERE position > $1
ORDER BY position
LIMIT $2;
