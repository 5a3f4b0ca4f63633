SELECT coalesce(max(position), 0) FROM treaty_grid.entry;
