SELECT position FROM checkpoint WHERE schema_version = @schema;
