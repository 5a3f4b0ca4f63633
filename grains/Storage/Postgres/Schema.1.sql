-- The journal, schema 1. A release may add to it in the next numbered file, and only add: silos of the release before
-- may still be running. What stands here may never change its meaning, and no row of entry is ever updated or deleted.

CREATE SCHEMA IF NOT EXISTS treaty_grid;

CREATE TABLE treaty_grid.schema_version (
    version integer NOT NULL
);

INSERT INTO treaty_grid.schema_version VALUES (1);

-- Who may append to a party: the epoch given out last.
CREATE TABLE treaty_grid.party (
    code  text COLLATE "C" NOT NULL PRIMARY KEY,
    epoch bigint           NOT NULL
);

-- One row per entry. The order of positions is the order of the journal.
CREATE TABLE treaty_grid.entry (
    position bigint           NOT NULL PRIMARY KEY,
    party    text COLLATE "C" NOT NULL,
    version  bigint           NOT NULL,
    payload  bytea            NOT NULL,
    UNIQUE (party, version)
);

-- The right to write at the head: one row, which whoever appends or opens locks before it reads anything, and holds
-- until it has ended. It is only locked, never updated. To keep the head's position in it would leave a dead version
-- behind at each commit, and while a backup holds its snapshot every commit would have to walk over all of them.
CREATE TABLE treaty_grid.head (
    id boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (id)
);

INSERT INTO treaty_grid.head DEFAULT VALUES;

-- One group commit. Append i is of codes[party[i]], under epoch[i], after version expected[i], and carries the next
-- entries[i] of payloads. result[i] is 0 when it is written, from first_position[i] on; 1 when its epoch is stale, 2
-- when the party is at another version.
--
-- Why positions never show a gap: the lock is held until the transaction is durable and visible, so whoever takes the
-- next positions begins after these can be seen. Each statement here has a snapshot of its own, and those after the
-- lock see all that the holder before has committed; so plain reads are enough to decide.
--
-- Never seqscan: a plan made while the tables were small must not be kept when they are large. Never jit: it costs
-- more than all the rest.
CREATE FUNCTION treaty_grid.append(
    codes text[], party integer[], epoch bigint[], expected bigint[], entries integer[], payloads bytea[],
    OUT result integer[], OUT first_position bigint[])
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
    epochs   bigint[];  -- of codes
    versions bigint[];  -- of codes, as they become
    head     bigint;    -- as it becomes
    skipped  integer[]; -- of the appends: the payloads before theirs
    payload  integer := 0;
BEGIN
    PERFORM FROM treaty_grid.head WHERE id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'treaty_grid.head has lost its row';
    END IF;

    SELECT coalesce(max(e.position), 0) INTO head FROM treaty_grid.entry AS e;

    SELECT
        array_agg(coalesce((SELECT p.epoch FROM treaty_grid.party AS p WHERE p.code = asked.code), 0) ORDER BY n),
        array_agg(
            coalesce((SELECT max(e.version) FROM treaty_grid.entry AS e WHERE e.party = asked.code), 0) ORDER BY n)
    INTO epochs, versions
    FROM unnest(codes) WITH ORDINALITY AS asked (code, n);

    FOR i IN 1 .. cardinality(party) LOOP
        skipped[i] := payload;
        payload := payload + entries[i];
        IF epoch[i] <> epochs[party[i]] THEN
            result[i] := 1;
            first_position[i] := 0;
        ELSIF expected[i] <> versions[party[i]] THEN
            result[i] := 2;
            first_position[i] := 0;
        ELSE
            result[i] := 0;
            first_position[i] := head + 1;
            versions[party[i]] := expected[i] + entries[i];
            head := head + entries[i];
        END IF;
    END LOOP;

    INSERT INTO treaty_grid.entry (position, party, version, payload)
    SELECT a.first_position + n - 1, codes[a.party], a.expected + n, payloads[a.skipped + n]
    FROM
        unnest(result, first_position, party, expected, entries, skipped)
            AS a (result, first_position, party, expected, entries, skipped),
        generate_series(1, a.entries) AS n
    WHERE a.result = 0;
END
$$;

-- Opens parties in the order given. Under the same lock as append: a commit that read the epoch before has ended when
-- this one reads the versions, and one that comes later reads the new epoch, even if its caller is long gone.
CREATE FUNCTION treaty_grid.open(codes text[], OUT epoch bigint, OUT version bigint)
RETURNS SETOF record
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
    PERFORM FROM treaty_grid.head WHERE id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'treaty_grid.head has lost its row';
    END IF;

    RETURN QUERY
    WITH raised AS (
        INSERT INTO treaty_grid.party AS p (code, epoch)
        SELECT c.code, count(*) FROM unnest(codes) AS c (code) GROUP BY c.code
        ON CONFLICT (code) DO UPDATE SET epoch = p.epoch + excluded.epoch
        RETURNING p.code, p.epoch
    )
    -- A party named twice is opened twice: its last opening has the epoch that stays.
    SELECT
        raised.epoch + 1 - row_number() OVER (PARTITION BY raised.code ORDER BY asked.n DESC),
        coalesce((SELECT max(e.version) FROM treaty_grid.entry AS e WHERE e.party = raised.code), 0)
    FROM unnest(codes) WITH ORDINALITY AS asked (code, n)
    JOIN raised ON raised.code = asked.code
    ORDER BY asked.n;
END
$$;
