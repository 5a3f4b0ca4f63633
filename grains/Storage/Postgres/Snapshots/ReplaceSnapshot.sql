UPDATE treaty_grid.snapshot_1 SET version = $2, state = $3
WHERE party = $1 AND version = $4;
