#!/usr/bin/env bash
# What records every write of a disk: nbdkit with Python, and FUSE, which makes a file of it. No nbd or device-mapper in the kernel.
set -euo pipefail
cd "$(dirname "$0")/.."
./packages.sh e2fsprogs fuse3 libnbd-bin nbdkit nbdkit-plugin-python util-linux >&2
[ -c /dev/fuse ] || { echo 'needs /dev/fuse' >&2; exit 1; }
losetup -f >/dev/null
echo 'export LAB_POWER=yes'
