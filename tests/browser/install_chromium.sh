#!/bin/sh
# Puts Debian's Chromium on the machine for the browser tests, where there is apt and the right to use it.
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "Installing Chromium for the browser tests …"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-dejavu >/dev/null && exit 0
fi
echo "No Chromium here, and it cannot be installed: the browser tests will say that they were left out."
[ "${CI:-}" = true ] && exit 1
exit 0
