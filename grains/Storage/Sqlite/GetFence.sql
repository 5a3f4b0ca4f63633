SELECT epoch, version FROM party WHERE code = @party;
