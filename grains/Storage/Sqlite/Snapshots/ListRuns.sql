SELECT version, mentions, keys FROM run WHERE party = @party ORDER BY version;
