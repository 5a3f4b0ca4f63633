SELECT filter FROM run WHERE party = @party AND version = @run;
