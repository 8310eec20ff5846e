#!/bin/sh
# Installs Debian's Chromium for the browser tests, given apt and root.
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "Installing Chromium for the browser tests…"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-dejavu >/dev/null && exit 0
fi
echo "Chromium is missing and can't be installed: the browser tests will be skipped."
[ "${CI:-}" = true ] && exit 1
exit 0
