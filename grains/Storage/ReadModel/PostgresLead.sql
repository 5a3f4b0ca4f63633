-- One projector of a cluster writes; its session holds the lock, and loses it with the connection.
SELECT pg_try_advisory_lock(@key);
