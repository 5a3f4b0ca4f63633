DELETE FROM page WHERE party = @party AND run >= @from AND run < @below;
DELETE FROM run WHERE party = @party AND version >= @from AND version < @below;
