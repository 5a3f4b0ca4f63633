INSERT INTO page (party, run, first_key, first_version, mentions)
VALUES (@party, @run, @key, @version, @mentions);
