-- What comes before an entry counts, not the entry itself: there is always one.
SELECT position, party, version, payload FROM (
    SELECT
        *, sum(octet_length(payload)) OVER (ORDER BY position ROWS UNBOUNDED PRECEDING) - octet_length(payload)
            AS bytes_before
    FROM (
        SELECT position, party, version, payload FROM treaty_grid.entry
        WHERE position > $1
        ORDER BY position
        LIMIT $2) AS next) AS measured
WHERE bytes_before < $3
ORDER BY position;
