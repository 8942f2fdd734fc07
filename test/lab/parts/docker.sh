#!/usr/bin/env bash
# A private Docker engine on a unix socket, with the base image that nothing here can pull.
# usage: docker.sh [stop]
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$LAB_DIR/docker
export DOCKER_HOST=unix://$dir/docker.sock
daemon() { start-stop-daemon --quiet --oknodo --pidfile "$dir/docker.pid" --name dockerd "$@"; }

if [ "${1:-}" = stop ]; then
  daemon --stop --retry 30
  # A Swarm leaves its network namespaces mounted.
  { grep -o " $dir/[^ ]*" /proc/mounts || true; } | sort -r | xargs -r umount
  exit
fi
./packages.sh docker.io >&2
mkdir -p "$dir"
daemon --start --background --output "$dir/dockerd.log" --startas /usr/sbin/dockerd -- \
  --data-root "$dir/data" --exec-root "$dir/exec" --host "$DOCKER_HOST" --pidfile "$dir/docker.pid"
for _ in $(seq 150); do docker version >/dev/null 2>&1 && break; sleep 0.2; done
docker version >/dev/null || { tail -20 "$dir/dockerd.log" >&2; exit 1; }
./base-image.sh >&2
echo "export LAB_DOCKER_HOST=$DOCKER_HOST"
