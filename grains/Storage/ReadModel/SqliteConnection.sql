-- What a writing connection sets for itself. A power cut may take the last commits, each whole with its checkpoint:
-- they are made again from the journal.
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA cache_size = -65536;

-- In pages, 32 MiB, as the journal has it: rows of all parties change in turns, and each move into the database writes
-- every page that was touched once more.
PRAGMA wal_autocheckpoint = 8000;
