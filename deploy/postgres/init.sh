#!/usr/bin/env bash
# Run by the image of PostgreSQL when it makes the database: the roles, with passwords from the mounted files.
set -euo pipefail

sql() { psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" "$@"; }

sql -f /etc/treaty-grid/database.sql
# psql reads the files itself, so that no password stands in a list of processes.
sql <<'SQL'
\set silo `cut -d: -f5 /run/secrets/silo-pgpass`
\set gateway `cut -d: -f5 /run/secrets/gateway-pgpass`
ALTER ROLE silo PASSWORD :'silo';
ALTER ROLE gateway PASSWORD :'gateway';
SQL
