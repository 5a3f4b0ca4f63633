-- Two writers at once may each have left a row.
SELECT position, pairs FROM undelivered ORDER BY position DESC LIMIT 1;
