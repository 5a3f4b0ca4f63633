INSERT INTO skipped ({columns})
{rows};
