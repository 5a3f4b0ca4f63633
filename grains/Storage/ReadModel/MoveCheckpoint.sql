-- First in its transaction: from here on nobody else can move it, and whoever comes from another position, or from a
-- program with other tables, finds no row.
UPDATE checkpoint SET position = @to WHERE position = @from AND schema_version = @schema;
