INSERT INTO party (code, epoch, version) VALUES (@party, @epoch, 0)
ON CONFLICT (code) DO UPDATE SET epoch = excluded.epoch;
