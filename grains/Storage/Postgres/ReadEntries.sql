SELECT position, party, version, payload FROM treaty_grid.entry
WHERE party = $1 AND version = ANY ($2)
ORDER BY version;
