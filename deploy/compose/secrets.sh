#!/usr/bin/env bash
# Makes the passwords of a trial.
set -euo pipefail
umask 077

folder=$(dirname "${BASH_SOURCE[0]}")/secrets
case ${1:-} in
  '') ;;
  --help)
    cat <<'HELP'
secrets.sh [FOLDER]    makes the passwords that are not there yet, as files in FOLDER (secrets, beside this script)

  postgres-password    the administrator of the database
  silo-pgpass          the role of the silos, as a pgpass file
  gateway-pgpass       the role of the gateways, as a pgpass file
  grafana-password     admin of Grafana

What is there stays as it is: the database keeps the passwords that it was made with.
HELP
    exit
    ;;
  -*)
    echo "secrets.sh does not know $1. --help tells what it knows." >&2
    exit 1
    ;;
  *) folder=$1 ;;
esac

mkdir -p "$folder"
chmod 700 "$folder"

# Each in its own file, whole or not at all.
keep() {
  local file=$folder/$1 before=$2
  [[ -e $file ]] && return
  # Letters and digits, for a pgpass file gives ':' and '\' a meaning.
  printf '%s%s\n' "$before" "$(head -c 32 /dev/urandom | sha256sum | cut -c1-48)" >"$file.new"
  # Containers read it under users of their own. On this machine the folder keeps others out.
  chmod 444 "$file.new"
  mv "$file.new" "$file"
}

keep postgres-password ''
keep silo-pgpass '*:*:register:silo:'
keep gateway-pgpass '*:*:register:gateway:'
keep grafana-password ''
