DELETE FROM page WHERE party = @party;
DELETE FROM run WHERE party = @party;
DELETE FROM snapshot WHERE party = @party;
