DELETE FROM treaty_grid.snapshot_1 WHERE party = $1;
