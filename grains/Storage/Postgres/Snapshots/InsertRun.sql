INSERT INTO treaty_grid.mention_run_1 (party, version, mentions, keys, filter)
VALUES ($1, $2, $3, $4, $5);
