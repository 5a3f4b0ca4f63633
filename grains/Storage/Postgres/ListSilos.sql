-- By the server's clock, beside the silo's own: a silo whose clock is wrong looks older or younger than it is.
SELECT name, address, port, client_port, status, start_time, now() - alive_time
FROM treaty_grid.silo
WHERE cluster = $1
ORDER BY start_time, address, port;
