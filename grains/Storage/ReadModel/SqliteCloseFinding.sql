UPDATE finding SET status = @status, position = @position, closing = @closing WHERE name = @name AND holder = @holder;
