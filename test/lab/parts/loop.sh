#!/usr/bin/env bash
# Loop devices and the tools for the file systems on them.
set -euo pipefail
cd "$(dirname "$0")/.."
./packages.sh e2fsprogs fdisk util-linux xfsprogs >&2
losetup -f >/dev/null
echo 'export LAB_LOOP=yes'
