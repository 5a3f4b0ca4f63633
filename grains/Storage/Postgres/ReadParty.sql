-- What comes before an entry counts, not the entry itself: there is always one.
SELECT position, party, version, payload FROM (
    SELECT
        *, sum(octet_length(payload)) OVER (ORDER BY version ROWS UNBOUNDED PRECEDING) - octet_length(payload)
            AS bytes_before
    FROM (
        SELECT position, party, version, payload FROM treaty_grid.entry
        WHERE party = $1 AND version > $2
        ORDER BY version
        LIMIT $3) AS next) AS measured
WHERE bytes_before < $4
ORDER BY version;
