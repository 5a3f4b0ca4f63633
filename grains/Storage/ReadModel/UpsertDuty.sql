INSERT INTO duty ({columns})
{rows}
ON CONFLICT (party, rule, transfer) DO UPDATE SET
    title = excluded.title, due = excluded.due, met = excluded.met, position = excluded.position;
