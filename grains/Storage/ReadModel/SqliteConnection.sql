-- What a writing connection sets for itself. A power cut may take the last commits, each whole with its checkpoint:
-- they are made again from the journal.
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA cache_size = -65536;

-- In pages, 32 MB: what many transactions write to the same pages goes to the tables' file once.
PRAGMA wal_autocheckpoint = 8192;
