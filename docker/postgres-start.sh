#!/usr/bin/env bash
# Starts PostgreSQL in the container of docker-compose.yaml. The image itself sets the password and makes the databases for an empty volume
# only. This does both for an existing one too: the password may have changed, and the first start may have been interrupted.
set -euo pipefail

if [ -s "$PGDATA/PG_VERSION" ]; then
  # A server for a single user needs no password. It takes one statement a line.
  { gosu postgres postgres --single -D "$PGDATA" postgres 2>&1 >/dev/null || true; } <<SQL | grep -v 'already exists' >&2 || true
alter role "$POSTGRES_USER" password '${POSTGRES_PASSWORD//\'/\'\'}'
create database "$POSTGRES_DB"
$(cat /docker-entrypoint-initdb.d/*.sql)
SQL
fi
exec docker-entrypoint.sh "$@"
