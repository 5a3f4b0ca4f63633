INSERT INTO notice (party, version, event, position, id, kind, transfer, sender, recipient, date)
VALUES (@party, @version, @event, @position, @id, @kind, @transfer, @sender, @recipient, @date);
