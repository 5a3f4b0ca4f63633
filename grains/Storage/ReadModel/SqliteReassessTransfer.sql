-- What UpsertTransfer makes of a row that is there, where since when it can be reported stays: of the indexes, SQLite
-- then writes only those over the position and over who is awaited.
UPDATE transfer SET
    purpose = @purpose, movement = @movement, pairing = @pairing, match = @match, completed = @completed,
    awaited = @awaited, due = @due, position = @position, event = @event
WHERE party = @party AND name = @name AND since = @since;
