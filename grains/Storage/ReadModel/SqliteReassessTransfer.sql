-- What UpsertTransfer makes of a row that is there, where who is awaited and since when it can be reported stay: of the
-- indexes, SQLite then writes only those over the position.
UPDATE transfer SET
    purpose = @purpose, movement = @movement, pairing = @pairing, match = @match, completed = @completed, due = @due,
    position = @position
WHERE party = @party AND name = @name AND awaited = @awaited AND since = @since;
