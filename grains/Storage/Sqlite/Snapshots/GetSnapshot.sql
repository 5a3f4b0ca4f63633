SELECT version, state FROM snapshot WHERE party = @party;
