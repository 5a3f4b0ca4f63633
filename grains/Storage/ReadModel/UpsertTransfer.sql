INSERT INTO transfer ({columns})
{rows}
ON CONFLICT (party, name) DO UPDATE SET
    purpose = excluded.purpose, movement = excluded.movement, pairing = excluded.pairing, match = excluded.match,
    completed = excluded.completed, awaited = excluded.awaited, due = excluded.due, since = excluded.since,
    position = excluded.position, event = excluded.event;
