DELETE FROM checkpoint;
INSERT INTO checkpoint (position, schema_version) VALUES (0, @schema);
