CREATE SCHEMA IF NOT EXISTS treaty_grid_model;
CREATE TABLE IF NOT EXISTS checkpoint (
    position       bigint NOT NULL,
    schema_version bigint NOT NULL
);
