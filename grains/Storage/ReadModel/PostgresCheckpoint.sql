-- Silos that start together must not both make the same. 'TGRU': any number, as long as nobody else takes it.
SELECT pg_advisory_xact_lock(1413960277);
CREATE SCHEMA IF NOT EXISTS treaty_grid_model;
CREATE TABLE IF NOT EXISTS checkpoint (
    position       bigint NOT NULL,
    schema_version bigint NOT NULL
);

-- Messages between parties that were on their way at a position, for whoever starts to follow the journal; it outlives
-- the other tables.
CREATE TABLE IF NOT EXISTS undelivered (
    position bigint NOT NULL,
    pairs    bytea NOT NULL
);
