WITH gone ({columns}) AS ({rows})
DELETE FROM duty USING gone
WHERE duty.party = gone.party AND duty.rule = gone.rule AND duty.transfer = gone.transfer;
