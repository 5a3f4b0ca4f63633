INSERT INTO finding ({columns})
{rows}
ON CONFLICT (name, holder) DO UPDATE SET
    severity = excluded.severity, status = excluded.status, transfer = excluded.transfer, due = excluded.due,
    position = excluded.position, raised = excluded.raised, closing = excluded.closing;
