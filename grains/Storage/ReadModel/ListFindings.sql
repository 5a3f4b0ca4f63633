SELECT model.reached, page.*
FROM (SELECT position AS reached FROM checkpoint WHERE schema_version = @schema) AS model
LEFT JOIN (
    SELECT * FROM (
        SELECT
            name, holder, party, rule, severity, status, due, position, opened, raised, closing,
            CASE transfer WHEN '' THEN '' ELSE 'parties/' || REPLACE(transfer, '/', '/transfers/') END AS transfer,
            -- The row that stands for the finding: the party's own, else the one of the first other side.
            holder = party OR NOT EXISTS (
                SELECT 1 FROM finding AS other
                WHERE other.name = own.name AND (other.holder = other.party OR other.holder < own.holder)) AS once
        FROM finding AS own) AS every
    WHERE {where}
    ORDER BY {order}
    LIMIT @limit) AS page ON TRUE
ORDER BY {order};
