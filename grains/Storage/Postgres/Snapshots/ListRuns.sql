SELECT version, mentions, keys FROM treaty_grid.mention_run_1 WHERE party = $1 ORDER BY version;
