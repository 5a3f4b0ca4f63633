CREATE TABLE IF NOT EXISTS checkpoint (
    position       INTEGER NOT NULL,
    schema_version INTEGER NOT NULL
) STRICT;

-- Messages between parties that were on their way at a position, for whoever starts to follow the journal; it outlives
-- the other tables.
CREATE TABLE IF NOT EXISTS undelivered (
    position INTEGER NOT NULL,
    pairs    BLOB NOT NULL
) STRICT;
