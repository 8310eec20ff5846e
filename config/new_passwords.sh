#!/bin/sh
# Generate the passwords of compose.yaml's PostgreSQL and Redis into a new file that only you can read:
# sh config/new_passwords.sh [FILE]. Never overwrites, because PostgreSQL keeps the password of its first start.
set -euC
umask 077

password() {
    od -An -v -tx1 -N24 /dev/urandom | tr -d ' \n'
}

database=$(password)
cache=$(password)
cat > "${1:-.env.passwords}" <<END
POSTGRES_PASSWORD=$database
REDIS_PASSWORD=$cache
LTI_TOOL_DATABASE_URL=postgresql+psycopg://tool:$database@database/tool
LTI_TOOL_QUEUE_URL=redis://:$cache@cache/0
LTI_TOOL_CACHE_URL=redis://:$cache@cache/1
END
