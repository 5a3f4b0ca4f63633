INSERT INTO declaration (party, version, position, id, as_of) VALUES (@party, @version, @position, @id, @as_of);
