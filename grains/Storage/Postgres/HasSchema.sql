SELECT to_regclass('treaty_grid.schema_version') IS NOT NULL;
