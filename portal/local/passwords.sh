#!/bin/sh
# Gives the two roles of roles.sql their passwords, where they are reached over a network (docker-compose.yml).
set -eu
psql --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "$POSTGRES_DB" \
    --set app="$APP_PASSWORD" --set owner="$OWNER_PASSWORD" <<'SQL'
ALTER ROLE tributary_app PASSWORD :'app';
ALTER ROLE tributary_owner PASSWORD :'owner';
SQL
