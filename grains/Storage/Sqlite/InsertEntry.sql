INSERT INTO entry (position, party, version, payload) VALUES (@position, @party, @version, @payload);
