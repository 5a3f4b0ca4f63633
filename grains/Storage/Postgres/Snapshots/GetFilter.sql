SELECT filter FROM treaty_grid.mention_run_1 WHERE party = $1 AND version = $2;
