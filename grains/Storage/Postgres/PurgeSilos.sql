-- The version rises with it, so that no silo that has read the rows before writes on their ground.
WITH raised AS (
    UPDATE treaty_grid.cluster SET version = version + 1 WHERE name = $1 RETURNING name
), purged AS (
    DELETE FROM treaty_grid.silo USING raised
    WHERE cluster = raised.name AND alive_time < now() - $2::interval
    RETURNING address
)
SELECT count(*)::integer FROM purged;
