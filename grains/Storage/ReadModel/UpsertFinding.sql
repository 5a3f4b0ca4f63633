INSERT INTO finding (name, holder, party, rule, severity, status, transfer, due, position, raised, closing)
VALUES (@name, @holder, @party, @rule, @severity, @status, @transfer, @due, @position, @raised, @closing)
ON CONFLICT (name, holder) DO UPDATE SET
    severity = excluded.severity, status = excluded.status, transfer = excluded.transfer, due = excluded.due,
    position = excluded.position, raised = excluded.raised, closing = excluded.closing;
