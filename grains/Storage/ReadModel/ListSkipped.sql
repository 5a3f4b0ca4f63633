SELECT position, party, version, reason FROM skipped ORDER BY position LIMIT @limit;
