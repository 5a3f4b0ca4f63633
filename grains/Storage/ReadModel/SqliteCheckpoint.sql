CREATE TABLE IF NOT EXISTS checkpoint (
    position       INTEGER NOT NULL,
    schema_version INTEGER NOT NULL
) STRICT;
