SELECT coalesce(max(version), 0) FROM treaty_grid.entry WHERE party = $1;
