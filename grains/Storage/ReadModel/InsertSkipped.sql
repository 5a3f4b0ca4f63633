INSERT INTO skipped (position, party, version, reason) VALUES (@position, @party, @version, @reason);
