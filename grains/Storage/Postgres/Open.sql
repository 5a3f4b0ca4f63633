SELECT epoch, version FROM treaty_grid.open($1);
