#!/usr/bin/env bash
# The Node versions that may run the Pulumi program, beside the one of the repository: npm carries the binaries.
set -euo pipefail
nodes=$LAB_CACHE/nodes
for version in 22.18.0 24.22.3; do
  [ ! -x "$nodes/$version/node" ] || continue
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  npm install --silent --no-save --no-audit --no-fund --prefix "$work" "node-linux-$(node -p process.arch)@$version" >&2
  install -D "$work"/node_modules/node-linux-*/bin/node "$nodes/$version/node"
done
echo "export LAB_NODES=$nodes"
