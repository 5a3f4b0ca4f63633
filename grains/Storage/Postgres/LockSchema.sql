-- 'TGRJ'. Until the end of the transaction; several silos may start at once.
SELECT pg_advisory_xact_lock(1413960266);
