SELECT coalesce(max(version), 0) FROM snapshot WHERE party = @party;
