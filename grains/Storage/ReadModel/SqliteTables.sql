-- The read model, empty. All of it follows from the journal: whoever changes it raises ReadModel.SchemaVersion, and it
-- is made anew. Days are yyyy-mm-dd, and empty where there is none; enums are the contract's numbers.

DROP TABLE IF EXISTS notice;
DROP TABLE IF EXISTS declaration;
DROP TABLE IF EXISTS transfer;
DROP TABLE IF EXISTS finding;
DROP TABLE IF EXISTS duty;
DROP TABLE IF EXISTS skipped;

-- A notice that the party filed, the version of its entry in the journal, which holds the rest, and its place among the
-- events there, from 0: one entry may file several.
CREATE TABLE notice (
    party     TEXT NOT NULL,
    version   INTEGER NOT NULL,
    event     INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    id        TEXT NOT NULL,
    kind      INTEGER NOT NULL,
    transfer  TEXT NOT NULL,
    sender    TEXT NOT NULL,
    recipient TEXT NOT NULL,
    date      TEXT NOT NULL,
    PRIMARY KEY (party, version, event)
) STRICT, WITHOUT ROWID;

CREATE TABLE declaration (
    party    TEXT NOT NULL,
    version  INTEGER NOT NULL,
    position INTEGER NOT NULL,
    id       TEXT NOT NULL,
    as_of    TEXT NOT NULL,
    PRIMARY KEY (party, version)
) STRICT, WITHOUT ROWID;

-- What the file of one party says a transfer comes to. The same transfer has a row for each party that keeps a file.
-- The name is `sender/recipient~reference`, without what the contract puts between. Rows lie about as they came, and
-- all indexes but that of names grow at the end, of a party or of a day: in a register of any size, what is written is
-- near what was written before. Hence `opened` behind the day, and `event` behind the position.
CREATE TABLE transfer (
    party     TEXT NOT NULL,
    name      TEXT NOT NULL,
    sender    TEXT NOT NULL,
    recipient TEXT NOT NULL,
    purpose   INTEGER NOT NULL,
    movement  INTEGER NOT NULL,
    pairing   INTEGER NOT NULL,
    match     INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    awaited   TEXT NOT NULL,
    due       TEXT NOT NULL,
    since     TEXT NOT NULL,
    -- Where in the journal the party's file of it began: the position, times 2^20, and the event's place there.
    -- No two are equal; nor are two positions with their events, those of the last change.
    opened    INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    event     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX transfer_by_name ON transfer (party, name);
CREATE INDEX transfer_of_party_by_age ON transfer (party, since, opened);
CREATE INDEX transfer_of_party_by_position ON transfer (party, position, event);
CREATE INDEX transfer_by_awaited ON transfer (party, awaited, since, opened) WHERE awaited <> '';
CREATE INDEX transfer_by_age ON transfer (since, opened);
CREATE INDEX transfer_by_position ON transfer (position, event);

-- A finding about a party as one party, its holder, has recorded it: the one concerned, or the other side. Its name is
-- `party/id`, and that of its transfer `sender/recipient~reference`, without what the contract puts before and between.
CREATE TABLE finding (
    name     TEXT NOT NULL,
    holder   TEXT NOT NULL,
    party    TEXT NOT NULL,
    rule     TEXT NOT NULL,
    severity INTEGER NOT NULL,
    status   INTEGER NOT NULL,
    transfer TEXT NOT NULL,
    due      TEXT NOT NULL,
    position INTEGER NOT NULL,
    -- Where in the journal the holder first raised it, as above.
    opened   INTEGER NOT NULL,
    -- The rest of it as it was raised, and what its closing changed of that; both in the contract's encoding,
    -- compressed as entries are.
    raised   BLOB NOT NULL,
    closing  BLOB NOT NULL
) STRICT;
-- Not the table's own order: its rows are large, and SQLite would have a dozen of them to a page on the way to one.
CREATE UNIQUE INDEX finding_by_name ON finding (name, holder);
CREATE INDEX finding_by_gravity ON finding (-severity, rule, opened);
CREATE INDEX finding_of_party_by_gravity ON finding (party, -severity, rule, name, holder) WHERE holder = party;

CREATE TABLE duty (
    party    TEXT NOT NULL,
    rule     TEXT NOT NULL,
    transfer TEXT NOT NULL,
    title    TEXT NOT NULL,
    due      TEXT NOT NULL,
    met      INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (party, rule, transfer)
) STRICT, WITHOUT ROWID;
CREATE INDEX duty_by_due ON duty (due, rule, transfer, party);
CREATE INDEX duty_of_party_by_due ON duty (party, due, rule, transfer);

-- Entries that could not be read, and why: nothing of them is in the other tables.
CREATE TABLE skipped (
    position INTEGER NOT NULL PRIMARY KEY,
    party    TEXT NOT NULL,
    version  INTEGER NOT NULL,
    reason   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
