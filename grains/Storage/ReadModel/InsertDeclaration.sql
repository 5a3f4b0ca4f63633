INSERT INTO declaration ({columns})
{rows};
