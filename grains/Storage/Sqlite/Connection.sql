-- What the writing connection sets for itself, after journal_mode = WAL.

-- Waits for the disk at every commit: without it a power cut may take what was acknowledged.
PRAGMA synchronous = FULL;

-- 64 MiB. The index of (party, version) grows in as many places as there are parties; the default of 2 MiB reads
-- each of those pages again for every commit.
PRAGMA cache_size = -65536;

-- In pages, 32 MiB: the default of 4 MiB moves the log into the database after nearly every full commit, and each
-- time waits for the disk twice more.
PRAGMA wal_autocheckpoint = 8000;

-- After a long reader the log may have grown; then it shrinks to this many bytes again.
PRAGMA journal_size_limit = 67108864;
