SELECT position, party, version, payload FROM entry
WHERE party = @party AND version IN (SELECT value FROM json_each(@versions))
ORDER BY version;
