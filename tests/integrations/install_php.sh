#!/bin/sh
# Installs Debian's PHP, given apt and root: it checks the syntax of the Moodle plugin.
command -v php >/dev/null 2>&1 && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "Installing PHP to check the Moodle plugin…"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends php-cli >/dev/null && exit 0
fi
echo "PHP is missing and can't be installed: the syntax of the Moodle plugin will not be checked."
[ "${CI:-}" = true ] && exit 1
exit 0
