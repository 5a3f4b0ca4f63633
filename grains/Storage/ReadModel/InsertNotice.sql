INSERT INTO notice (party, version, position, id, kind, transfer, sender, recipient, date)
VALUES (@party, @version, @position, @id, @kind, @transfer, @sender, @recipient, @date);
