INSERT INTO notice ({columns})
{rows};
