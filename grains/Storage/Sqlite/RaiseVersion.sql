UPDATE party SET version = @version WHERE code = @party;
