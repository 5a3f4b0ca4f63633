-- What a writing connection sets for itself.
PRAGMA journal_mode = WAL;

-- Waits for the disk at every commit. Not for their sake, since what a power cut takes is made again from the journal:
-- otherwise all of the log goes to the disk at once when it is moved into the tables, and whoever files waits for that.
PRAGMA synchronous = FULL;
PRAGMA cache_size = -65536;

-- In pages, 32 MB: what many transactions write to the same pages goes to the tables' file once.
PRAGMA wal_autocheckpoint = 8192;
