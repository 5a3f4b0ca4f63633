INSERT INTO snapshot (party, version, state) VALUES (@party, @version, @state) ON CONFLICT DO NOTHING;
