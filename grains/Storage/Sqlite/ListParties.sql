SELECT code FROM party
WHERE code > @after AND version > 0
ORDER BY code
LIMIT @limit;
