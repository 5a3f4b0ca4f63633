SELECT position, party, version, payload FROM entry
WHERE party = @party AND version > @after
ORDER BY version
LIMIT @limit;
