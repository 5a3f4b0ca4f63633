UPDATE snapshot SET version = @version, state = @state
WHERE party = @party AND version = @basedOn;
