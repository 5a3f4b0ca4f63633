INSERT INTO run (party, version, mentions, keys, filter)
VALUES (@party, @run, @mentions, @keys, @filter);
