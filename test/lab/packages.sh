#!/usr/bin/env bash
# Installs the Debian packages that are absent; one caller at a time, since the parts start side by side.
# usage: packages.sh PACKAGE...
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
exec 9>"$LAB_DIR/packages.lock"
flock 9
installed() { [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null)" = 'ii ' ]; }
missing=()
for package in "$@"; do installed "$package" || missing+=("$package"); done
[ ${#missing[@]} -gt 0 ] || exit 0
[ -e "$LAB_DIR/packages.listed" ] || apt-get -qq update
touch "$LAB_DIR/packages.listed"
apt-get -qq install -y --no-install-recommends "${missing[@]}" 9>&-
