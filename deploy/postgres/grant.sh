#!/usr/bin/env bash
# Waits until a silo has made its tables, then lets gateways read the membership. Needs PGHOST, PGUSER and PGDATABASE,
# and the administrator's password in /run/secrets/postgres-password.
set -euo pipefail

export PGPASSFILE=/tmp/pgpass
(umask 077 && printf '*:*:*:*:%s\n' "$(cat /run/secrets/postgres-password)" >"$PGPASSFILE")

sql() { psql --no-psqlrc --no-password --quiet -v ON_ERROR_STOP=1 "$@"; }

deadline=$((SECONDS + 600))
until [[ $(sql -tAc "SELECT to_regclass('treaty_grid.silo') IS NOT NULL" 2>/tmp/why) == t ]]; do
  if ((SECONDS > deadline)); then
    echo "No silo has made its tables in ten minutes. $(cat /tmp/why)" >&2
    exit 1
  fi
  sleep 2
done
sql -f /etc/treaty-grid/roles.sql
