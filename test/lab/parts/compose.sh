#!/usr/bin/env bash
# Docker Compose v2, built from its Go module (minutes, once).
set -euo pipefail
cd "$(dirname "$0")/.."
version=v2.40.3
binary=$LAB_CACHE/compose-$version/docker-compose
if [ ! -x "$binary" ]; then
  . ./go.sh >&2
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  # A copy, since `go install` refuses a module whose go.mod excludes others.
  cp -r "$(go mod download -json "github.com/docker/compose/v2@$version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')" "$work/compose"
  cd "$work/compose"
  chmod -R u+w .
  # The driver that builds images in Kubernetes is a third of all that would be compiled.
  sed -i '/buildx\/driver\/kubernetes"/d' pkg/compose/build_buildkit.go
  GOFLAGS=-buildvcs=false go build -trimpath -ldflags "-s -w -X github.com/docker/compose/v2/internal.Version=$version" \
    -o "$work/docker-compose" ./cmd
  install -D "$work/docker-compose" "$binary"
fi
echo "export LAB_COMPOSE=$binary"
