#!/usr/bin/env bash
# Starts the real parts that tests can use, side by side, and prints the exports that point the tests at them.
# usage: eval "$(test/lab/lab.sh PART...)"    a part is a file of parts/; `all` is every one
#        test/lab/lab.sh stop                 ends what runs
# Needs Debian 12, root and npm's packages; the first start downloads and builds (Pulumi and Compose take minutes).
# What runs lies in LAB_DIR (/tmp/nightshift-lab), what can be kept in LAB_CACHE (~/.cache/nightshift-lab).
set -euo pipefail
cd "$(dirname "$0")"
export LAB_DIR=${LAB_DIR:-/tmp/nightshift-lab} LAB_CACHE=${LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nightshift-lab}
parts=("$@")
[ "$*" != all ] || parts=($(basename -s .sh parts/*.sh))

if [ "$*" = stop ]; then
  parts/docker.sh stop || true
  parts/s3.sh stop
  exit
fi
for part in "${parts[@]:-none}"; do
  [ -x "parts/$part.sh" ] || { echo "usage: test/lab/lab.sh stop|all|$(basename -s .sh parts/*.sh | paste -sd'|')..." >&2; exit 2; }
done

mkdir -p "$LAB_DIR" "$LAB_CACHE"
declare -A pids
for part in "${parts[@]}"; do
  "parts/$part.sh" >"$LAB_DIR/$part.exports" 2>"$LAB_DIR/$part.log" &
  pids[$part]=$!
done
failed=
for part in "${parts[@]}"; do
  wait "${pids[$part]}" && continue
  failed=yes
  echo "the part $part did not start:" >&2
  tail -20 "$LAB_DIR/$part.log" >&2
done
[ -z "$failed" ] || exit 1
for part in "${parts[@]}"; do cat "$LAB_DIR/$part.exports"; done
