SELECT version FROM treaty_grid.schema_version;
