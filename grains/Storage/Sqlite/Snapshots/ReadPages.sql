SELECT mentions FROM page
WHERE party = @party AND run = @run AND (first_key, first_version) > (@key, @version)
ORDER BY first_key, first_version
LIMIT @limit;
