-- The read model, empty: the tables of SqliteTables.sql in the types of PostgreSQL. Text is in ordinal order, as
-- everywhere else in the register.

DROP TABLE IF EXISTS notice;
DROP TABLE IF EXISTS declaration;
DROP TABLE IF EXISTS transfer;
DROP TABLE IF EXISTS finding;
DROP TABLE IF EXISTS duty;
DROP TABLE IF EXISTS skipped;

-- A notice that the party filed, the version of its entry in the journal, which holds the rest, and its place among the
-- events there, from 0: one entry may file several.
CREATE TABLE notice (
    party     text COLLATE "C" NOT NULL,
    version   bigint NOT NULL,
    event     bigint NOT NULL,
    position  bigint NOT NULL,
    id        text COLLATE "C" NOT NULL,
    kind      bigint NOT NULL,
    transfer  text COLLATE "C" NOT NULL,
    sender    text COLLATE "C" NOT NULL,
    recipient text COLLATE "C" NOT NULL,
    date      text COLLATE "C" NOT NULL,
    PRIMARY KEY (party, version, event)
);

CREATE TABLE declaration (
    party    text COLLATE "C" NOT NULL,
    version  bigint NOT NULL,
    position bigint NOT NULL,
    id       text COLLATE "C" NOT NULL,
    as_of    text COLLATE "C" NOT NULL,
    PRIMARY KEY (party, version)
);

-- What the file of one party says a transfer comes to. The same transfer has a row for each party that keeps a file.
-- The name is `sender/recipient~reference`, without what the contract puts between.
CREATE TABLE transfer (
    party     text COLLATE "C" NOT NULL,
    name      text COLLATE "C" NOT NULL,
    sender    text COLLATE "C" NOT NULL,
    recipient text COLLATE "C" NOT NULL,
    purpose   bigint NOT NULL,
    movement  bigint NOT NULL,
    pairing   bigint NOT NULL,
    match     bigint NOT NULL,
    completed boolean NOT NULL,
    awaited   text COLLATE "C" NOT NULL,
    due       text COLLATE "C" NOT NULL,
    since     text COLLATE "C" NOT NULL,
    -- Where in the journal the party's file of it began: the position, times 2^20, and the event's place there.
    -- No two are equal; nor are two positions with their events, those of the last change.
    opened    bigint NOT NULL,
    position  bigint NOT NULL,
    event     bigint NOT NULL,
    PRIMARY KEY (party, name)
);
CREATE INDEX transfer_of_party_by_age ON transfer (party, since, opened);
CREATE INDEX transfer_of_party_by_position ON transfer (party, position, event);
CREATE INDEX transfer_by_awaited ON transfer (party, awaited, since, opened) WHERE awaited <> '';
CREATE INDEX transfer_by_age ON transfer (since, opened);
CREATE INDEX transfer_by_position ON transfer (position, event);

-- A finding about a party as one party, its holder, has recorded it: the one concerned, or the other side. Its name is
-- `party/id`, and that of its transfer `sender/recipient~reference`, without what the contract puts before and between.
CREATE TABLE finding (
    name     text COLLATE "C" NOT NULL,
    holder   text COLLATE "C" NOT NULL,
    party    text COLLATE "C" NOT NULL,
    rule     text COLLATE "C" NOT NULL,
    severity bigint NOT NULL,
    status   bigint NOT NULL,
    transfer text COLLATE "C" NOT NULL,
    due      text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    -- Where in the journal the holder first raised it, as above.
    opened   bigint NOT NULL,
    -- The rest of it as it was raised, and what its closing changed of that; both in the contract's encoding,
    -- compressed as entries are.
    raised   bytea NOT NULL,
    closing  bytea NOT NULL,
    PRIMARY KEY (name, holder)
);
CREATE INDEX finding_by_gravity ON finding ((-severity), rule, opened);
CREATE INDEX finding_of_party_by_gravity ON finding (party, (-severity), rule, name, holder) WHERE holder = party;

CREATE TABLE duty (
    party    text COLLATE "C" NOT NULL,
    rule     text COLLATE "C" NOT NULL,
    transfer text COLLATE "C" NOT NULL,
    title    text COLLATE "C" NOT NULL,
    due      text COLLATE "C" NOT NULL,
    met      boolean NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (party, rule, transfer)
);
CREATE INDEX duty_by_due ON duty (due, rule, transfer, party);
CREATE INDEX duty_of_party_by_due ON duty (party, due, rule, transfer);

-- Entries that could not be read, and why: nothing of them is in the other tables.
CREATE TABLE skipped (
    position bigint NOT NULL PRIMARY KEY,
    party    text COLLATE "C" NOT NULL,
    version  bigint NOT NULL,
    reason   text COLLATE "C" NOT NULL
);
