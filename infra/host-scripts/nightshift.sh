#!/bin/sh
# The `nightshift` command of this host, installed by `pulumi up`: nightshift list|status|backup|check|prune|accept|summary|restore …
# Runs a one-off container of the service's image, as the service's user; only restore runs as root, with the Docker socket.
set -eu
service=sqlite-backup
case "${1:-}" in
  summary) service=backend-dailysummary ;;
esac
container=$(docker ps -q --filter "label=nightshift.service=$service" | head -n 1)
if [ -n "$container" ]; then
  image=$(docker container inspect -f '{{.Image}}' "$container")
else
  image=$(docker images -q "$service" | head -n 1)
fi
[ -n "$image" ] || { echo "There is no image $service on this host: run pulumi up." >&2; exit 1; }
socket=${DOCKER_HOST:-unix:///var/run/docker.sock}
socket=${socket#unix://}
terminal=-i
[ -t 0 ] && [ -t 1 ] && terminal=-it
case "${1:-}" in
  restore) exec docker run --rm $terminal --mount "type=bind,source=$socket,target=/var/run/docker.sock" @RESTORE@ "$image" "$@" ;;
  summary) exec docker run --rm $terminal @SUMMARY@ "$image" "$@" ;;
  *) exec docker run --rm $terminal @BACKUP@ "$image" "$@" ;;
esac
