#!/usr/bin/env bash
# Starts the real parts the tests can use, and prints the exports that point the tests at them.
# usage: eval "$(test/lab.sh s3|docker|tools|root|chromium ...)"       needs root, apt and the lab scripts beside the checkout
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
lab=${LAB_SCRIPTS:-$here/../shared/lab}
dir=${LAB_DIR:-/tmp/nightshift-lab}
mkdir -p "$dir"
# A ceph-osd that reaches the monitor before the cluster's id does gives up ("wrong fsid") about every second time; started
# again it comes up. rgw.sh starts it once, so it finds this one first.
start_s3() {
  mkdir -p "$dir/bin"
  cat >"$dir/bin/ceph-osd" <<'WRAPPER'
#!/bin/sh
for try in 1 2 3 4 5 6 7 8; do /usr/bin/ceph-osd "$@" && exit; sleep 1; done
exit 1
WRAPPER
  chmod +x "$dir/bin/ceph-osd"
  PATH=$dir/bin:$PATH "$lab/rgw.sh" start "$dir/rgw" >"$dir/rgw.out" 2>"$dir/rgw.err" || { cat "$dir/rgw.err" >&2; exit 1; }
}
need() { apt-get -qq update >&2; apt-get -qq install -y --no-install-recommends "$@" >&2; }

for part in "$@"; do
  case $part in
    s3)
      command -v curl >/dev/null || need curl
      curl -s -o /dev/null http://127.0.0.1:7480/ || start_s3
      read -r _ endpoint _ access _ secret <"$dir/rgw.out"
      echo "export LAB_S3_ENDPOINT=$endpoint LAB_S3_ACCESS_KEY=$access LAB_S3_SECRET_KEY=$secret LAB_CEPH_CONF=$dir/rgw/ceph.conf" ;;
    docker)
      "$lab/docker.sh" start "$dir/docker" 2>"$dir/docker.err" | sed 's/DOCKER_HOST=/LAB_DOCKER_HOST=/' ;;
    tools)
      for tool in s3cmd:s3cmd sqlite3:sqlite3 age:age zstd:zstd gzip:gzip; do
        command -v "${tool%%:*}" >/dev/null || missing="${missing:-} ${tool##*:}"
      done
      [ -z "${missing:-}" ] || need $missing
      echo 'export LAB_TOOLS=yes' ;;
    root)
      [ "$(id -u)" = 0 ] || { echo 'the part root needs root' >&2; exit 1; }
      echo 'export LAB_ROOT=yes' ;;
    chromium)
      command -v chromium >/dev/null && [ -d /usr/share/fonts/truetype/roboto ] || need chromium fonts-roboto-unhinted
      echo "export LAB_CHROMIUM=$(command -v chromium)" ;;
    *) echo "usage: test/lab.sh s3|docker|tools|root|chromium ..." >&2; exit 2 ;;
  esac
done
