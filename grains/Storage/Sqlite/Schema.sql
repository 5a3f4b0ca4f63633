-- The journal, schema 2. A release may add to it under the next user_version; what stands here may never change
-- its meaning, and no row of entry is ever updated or deleted.

PRAGMA application_id = 1413960266; -- 'TGRJ': tells a stranger's file from a journal
PRAGMA user_version = 2;

-- Who may append to a party (the epoch given out last), and where it stands (its last version, 0 without entries).
CREATE TABLE party (
    code    TEXT    NOT NULL PRIMARY KEY,
    epoch   INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row per entry. The position is the row id, so the order of the table is the order of the journal.
CREATE TABLE entry (
    position INTEGER NOT NULL PRIMARY KEY,
    party    TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    -- 1, and a Zstandard frame over dictionary-1.zstd. Of schema 1 the entry itself, which begins with 10.
    payload  BLOB    NOT NULL,
    UNIQUE (party, version)
) STRICT;
