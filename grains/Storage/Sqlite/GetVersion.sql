SELECT version FROM party WHERE code = @party;
