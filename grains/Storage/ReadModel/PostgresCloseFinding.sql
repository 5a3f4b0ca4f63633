WITH closed ({columns}) AS ({rows})
UPDATE finding SET status = closed.status, position = closed.position, closing = closed.closing
FROM closed
WHERE finding.name = closed.name AND finding.holder = closed.holder;
