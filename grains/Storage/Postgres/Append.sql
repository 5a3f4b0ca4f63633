SELECT result, first_position FROM treaty_grid.append($1, $2, $3, $4, $5, $6);
