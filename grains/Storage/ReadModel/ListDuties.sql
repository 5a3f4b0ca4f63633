SELECT model.reached, page.*
FROM (SELECT position AS reached FROM checkpoint WHERE schema_version = @schema) AS model
LEFT JOIN (
    SELECT party, rule, transfer, title, due, met, position FROM duty
    WHERE {where}
    ORDER BY {order}
    LIMIT @limit) AS page ON TRUE
ORDER BY {order};
