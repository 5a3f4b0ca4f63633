SELECT coalesce(max(version), 0) FROM treaty_grid.snapshot_1 WHERE party = $1;
