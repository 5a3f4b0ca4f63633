INSERT INTO transfer (
    party, name, sender, recipient, purpose, movement, pairing, match, completed, awaited, due, since, position)
VALUES (
    @party, @name, @sender, @recipient, @purpose, @movement, @pairing, @match, @completed, @awaited, @due, @since,
    @position)
ON CONFLICT (party, name) DO UPDATE SET
    purpose = excluded.purpose, movement = excluded.movement, pairing = excluded.pairing, match = excluded.match,
    completed = excluded.completed, awaited = excluded.awaited, due = excluded.due, since = excluded.since,
    position = excluded.position;
