-- {where} and {order} are put together by the program from columns that are named here; values are parameters. One
-- statement, so that the rows are those of the position told.
SELECT model.reached, page.*
FROM (SELECT position AS reached FROM checkpoint WHERE schema_version = @schema) AS model
LEFT JOIN (
    SELECT * FROM (
        SELECT
            party, name, sender, recipient, purpose, movement,
            -- One side only, and the other's time is over: UNCONFIRMED.
            CASE WHEN pairing IN (1, 2) AND due <> '' AND due < @as_of THEN 4 ELSE pairing END AS pairing,
            match, completed, awaited, due, since, opened, position, event,
            -- The row that stands for the transfer in a list over all parties: the sender's, else the recipient's.
            party = sender OR (party = recipient AND NOT EXISTS (
                SELECT 1 FROM transfer AS other
                WHERE other.party = own.sender AND other.name = own.name)) AS once
        FROM transfer AS own) AS every
    WHERE {where}
    ORDER BY {order}
    LIMIT @limit) AS page ON TRUE
ORDER BY {order};
