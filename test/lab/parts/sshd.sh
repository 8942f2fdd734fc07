#!/usr/bin/env bash
# OpenSSH; each test starts a server of its own on loopback.
set -euo pipefail
cd "$(dirname "$0")/.."
./packages.sh openssh-client openssh-server >&2
echo 'export LAB_SSHD=/usr/sbin/sshd'
