DELETE FROM duty WHERE party = @party AND rule = @rule AND transfer = @transfer;
