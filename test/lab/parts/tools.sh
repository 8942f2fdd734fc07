#!/usr/bin/env bash
# Git for the checks, the stock programs that must be able to read what nightshift stores, and those that show ACL.
set -euo pipefail
cd "$(dirname "$0")/.."
./packages.sh acl age attr git gzip s3cmd sqlite3 zstd >&2
echo 'export LAB_TOOLS=yes'
