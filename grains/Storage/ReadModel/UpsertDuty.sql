INSERT INTO duty (party, rule, transfer, title, due, met, position)
VALUES (@party, @rule, @transfer, @title, @due, @met, @position)
ON CONFLICT (party, rule, transfer) DO UPDATE SET
    title = excluded.title, due = excluded.due, met = excluded.met, position = excluded.position;
