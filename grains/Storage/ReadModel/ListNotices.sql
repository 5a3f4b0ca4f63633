SELECT model.reached, page.*
FROM (SELECT position AS reached FROM checkpoint WHERE schema_version = @schema) AS model
LEFT JOIN (
    SELECT version, event, position FROM notice
    WHERE {where}
    ORDER BY {order}
    LIMIT @limit) AS page ON TRUE
ORDER BY {order};
