-- What a gateway may read: which silos there are, and nothing of the register. An administrator runs it with psql in
-- the register's database once the first silo has started, for silos make these tables. To run it again changes nothing.

GRANT USAGE ON SCHEMA treaty_grid TO gateway;
GRANT SELECT ON treaty_grid.orleansquery, treaty_grid.silo TO gateway;
