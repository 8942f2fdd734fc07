#!/usr/bin/env bash
# Git for the checks, and the stock programs that must be able to read what nightshift stores.
set -euo pipefail
cd "$(dirname "$0")/.."
./packages.sh age git gzip s3cmd sqlite3 zstd >&2
echo 'export LAB_TOOLS=yes'
