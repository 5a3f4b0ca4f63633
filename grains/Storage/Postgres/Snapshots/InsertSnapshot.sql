INSERT INTO treaty_grid.snapshot_1 (party, version, state) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;
