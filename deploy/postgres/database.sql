-- The two roles of a register. An administrator runs it with psql in the register's own database, before the first silo
-- starts; to run it again changes nothing. Passwords it leaves alone: \password silo, \password gateway.

SELECT 'CREATE ROLE silo LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'silo') \gexec
SELECT 'CREATE ROLE gateway LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gateway') \gexec

SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \gexec
-- Silos make their schemas themselves, and own them.
SELECT format('GRANT CONNECT, CREATE ON DATABASE %I TO silo', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO gateway', current_database()) \gexec
