#!/usr/bin/env bash
# Root, for tests that mount full and read-only disks.
[ "$(id -u)" = 0 ] || { echo 'needs root' >&2; exit 1; }
echo 'export LAB_ROOT=yes'
