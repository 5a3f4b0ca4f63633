SELECT position, party, version, payload FROM entry
WHERE position > @after
ORDER BY position
LIMIT @limit;
