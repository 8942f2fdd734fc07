#!/usr/bin/env bash
# The Pulumi CLI, built from its Go module (3 minutes, once). No resource provider is built: the tests have stand-ins.
set -euo pipefail
cd "$(dirname "$0")/.."
version=v3.259.0
binary=$LAB_CACHE/pulumi-$version/bin/pulumi
if [ ! -x "$binary" ]; then
  . ./go.sh >&2
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cd "$work"
  printf 'module lab\n\ngo 1.26\n\nrequire github.com/pulumi/pulumi/pkg/v3 %s\n' "$version" >go.mod
  GOFLAGS='-mod=mod -buildvcs=false' go build -trimpath \
    -ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$version" \
    -o pulumi github.com/pulumi/pulumi/pkg/v3/cmd/pulumi
  install -D pulumi "$binary"
fi
echo "export LAB_PULUMI=$binary"
