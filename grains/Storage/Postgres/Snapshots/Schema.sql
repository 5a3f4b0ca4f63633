-- The snapshots, schema 1: all of it follows from the journal. Whatever changes the meaning of a blob (page, filter,
-- hash of a key, state) raises the number in the names: during an upgrade builds of both sorts run side by side, and
-- neither may read what the other wrote. Tables of an older number may be dropped once its last build has stopped.

-- One at a time: IF NOT EXISTS alone fails where two create at once. The number is 'TGRS'.
SELECT pg_advisory_xact_lock(1413960275);

DO $$
BEGIN
    -- To alter a table waits for whoever uses it: only the first to start may come so far.
    IF to_regclass('treaty_grid.mention_page_1') IS NOT NULL THEN
        RETURN;
    END IF;

    CREATE SCHEMA IF NOT EXISTS treaty_grid;

    -- A party as it was after its entry of this version.
    CREATE TABLE treaty_grid.snapshot_1 (
        party   text   COLLATE "C" PRIMARY KEY,
        version bigint NOT NULL,
        state   bytea  NOT NULL
    );

    -- Mentions that are sorted together, named by the version of the snapshot they came with.
    CREATE TABLE treaty_grid.mention_run_1 (
        party    text   COLLATE "C" NOT NULL,
        version  bigint NOT NULL,
        mentions bigint NOT NULL,
        keys     bigint NOT NULL,
        filter   bytea  NOT NULL,
        PRIMARY KEY (party, version)
    );

    -- Random bits do not compress: no time is spent on trying.
    ALTER TABLE treaty_grid.mention_run_1 ALTER filter SET STORAGE EXTERNAL;

    -- Their pages, found by the first mention. Keys are shifted by 2^63, since PostgreSQL knows no unsigned numbers.
    CREATE TABLE treaty_grid.mention_page_1 (
        party         text   COLLATE "C" NOT NULL,
        run           bigint NOT NULL,
        first_key     bigint NOT NULL,
        first_version bigint NOT NULL,
        mentions      bytea  NOT NULL,
        PRIMARY KEY (party, run, first_key, first_version)
    );

    -- Two of them fit into one page of the database.
    ALTER TABLE treaty_grid.mention_page_1 ALTER mentions SET STORAGE PLAIN;
END
$$;
