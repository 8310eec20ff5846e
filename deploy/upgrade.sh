#!/bin/sh
# Upgrade a checkout with a .venv to a version, after a backup: sh deploy/upgrade.sh [VERSION]
#
# VERSION is a tag or branch of git; without it, the newest of the current branch. Services are restarted afterwards by
# whatever runs them; with systemd: RESTART="systemctl restart examplary-lms" sh deploy/upgrade.sh
# If a step fails, the old version keeps running. To go back, see docs/operators.md.
set -eu
cd "$(dirname "$0")/.."

python=.venv/bin/python
backups=${BACKUPS:-instance/backups}

mkdir -p "$backups"
chmod 700 "$backups"
backup=$backups/$(date -u +%Y-%m-%dT%H-%M-%SZ)-$($python -m lti_tool --version | tr -c 'A-Za-z0-9.\n' -).backup
$python -m lti_tool backup "$backup"

git fetch --tags --quiet
if [ $# -gt 0 ]; then
    git checkout --quiet "$1"
else
    git pull --ff-only --quiet
fi
$python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-extras.txt
$python -m lti_tool migrate
$python -m lti_tool --version

if [ -n "${RESTART:-}" ]; then
    $RESTART
else
    echo "Now restart the web processes and workers."
fi
