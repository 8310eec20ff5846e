#!/bin/sh
# Installs Debian's nginx, given apt and root: the shipped configuration is tried with it.
for folder in /usr/sbin /usr/bin /usr/local/sbin; do
  [ -x "$folder/nginx" ] && exit 0
done
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "Installing nginx to try the shipped configuration…"
  # The package would start a server on port 80.
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends nginx-light >/dev/null && exit 0
fi
echo "nginx is missing and can't be installed: the shipped configuration will not be tried."
[ "${CI:-}" = true ] && exit 1
exit 0
