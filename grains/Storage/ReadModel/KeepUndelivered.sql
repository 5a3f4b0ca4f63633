DELETE FROM undelivered WHERE position < @position;
INSERT INTO undelivered (position, pairs) SELECT @position, @pairs WHERE NOT EXISTS (SELECT 1 FROM undelivered);
