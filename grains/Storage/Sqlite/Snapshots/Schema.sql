-- The snapshots, schema 1: all of it follows from the journal. A build with another schema drops the file and starts
-- anew, so whatever changes the meaning of a blob (page, filter, hash of a key, state) raises user_version.

PRAGMA application_id = 1413960275; -- 'TGRS'
PRAGMA user_version = 1;

-- A party as it was after its entry of this version.
CREATE TABLE snapshot (
    party   TEXT    NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    state   BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

-- Mentions that are sorted together, named by the version of the snapshot they came with. The filter is last: listing
-- the runs then does not read it.
CREATE TABLE run (
    party    TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    mentions INTEGER NOT NULL,
    keys     INTEGER NOT NULL,
    filter   BLOB    NOT NULL,
    PRIMARY KEY (party, version)
) STRICT;

-- Their pages, found by the first mention. Keys are shifted by 2^63, since SQLite knows no unsigned numbers.
CREATE TABLE page (
    party         TEXT    NOT NULL,
    run           INTEGER NOT NULL,
    first_key     INTEGER NOT NULL,
    first_version INTEGER NOT NULL,
    mentions      BLOB    NOT NULL,
    PRIMARY KEY (party, run, first_key, first_version)
) STRICT;
