#!/usr/bin/env bash
# S3: a Ceph RADOS Gateway, the server behind Linode Object Storage, on loopback with its data in memory.
# usage: s3.sh [stop]    it listens on LAB_S3_PORT (7480), its monitor on the port after
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$LAB_DIR/s3
port=${LAB_S3_PORT:-7480}
monitor=v1:127.0.0.1:$((port + 1))
# Its daemons answer before they know who they are ("problem getting command descriptions", "wrong fsid").
retry() { for _ in $(seq 30); do "$@" && return; sleep 1; done; echo "gave up: $*" >&2; return 1; }
daemon() { start-stop-daemon --quiet --pidfile "$dir/$1.pid" --name "$1" "${@:2}"; }
exports() {
  echo "export LAB_S3_ENDPOINT=http://127.0.0.1:$port LAB_S3_ACCESS_KEY=testkey LAB_S3_SECRET_KEY=testsecret LAB_CEPH_CONF=$CEPH_CONF"
}

if [ "${1:-}" = stop ]; then
  for name in radosgw ceph-osd ceph-mgr ceph-mon; do daemon $name --stop --oknodo --signal KILL; done
  rm -f "$dir"/*.pid
  exit
fi
export CEPH_CONF=$dir/ceph.conf
./packages.sh ceph-common ceph-mgr ceph-mon ceph-osd radosgw >&2
! daemon radosgw --status || { exports; exit; }
"$0" stop
for taken in $port $((port + 1)); do
  ! (: <"/dev/tcp/127.0.0.1/$taken") 2>/dev/null || { echo "port $taken is taken: set LAB_S3_PORT" >&2; exit 1; }
done
rm -rf "$dir"
mkdir -p "$dir"/{mon,mgr,osd,rgw,log,run}
fsid=$(cat /proc/sys/kernel/random/uuid)
cat >"$CEPH_CONF" <<CONF
[global]
fsid = $fsid
mon host = $monitor
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
auth allow insecure global id reclaim = true
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
mon data avail crit = 1
osd max object name len = 256
osd max object namespace len = 64
osd objectstore = memstore
memstore device bytes = 8589934592
run dir = $dir/run
log file = $dir/log/\$name.log
admin socket = $dir/run/\$name.asok
ms bind ipv6 = false
ms bind msgr2 = false
[mon.a]
mon data = $dir/mon
mon addr = $monitor
[mgr.x]
mgr data = $dir/mgr
[osd.0]
osd data = $dir/osd
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$port
rgw data = $dir/rgw
rgw dns name = localhost
rgw enable usage log = false
rgw max concurrent requests = 512
CONF

start() { "$1" "${@:2}" --pid-file "$dir/$1.pid" >&2; }
monmaptool --create --fsid "$fsid" --addv a "[$monitor]" "$dir/monmap" >&2
ceph-mon --mkfs -i a --monmap "$dir/monmap" >&2
start ceph-mon -i a
start ceph-mgr -i x
osd=$(cat /proc/sys/kernel/random/uuid)
retry ceph --connect-timeout 10 osd new "$osd" >&2
ceph-osd -i 0 --mkfs --osd-uuid "$osd" >&2
retry start ceph-osd -i 0
start radosgw -n client.rgw
for _ in $(seq 120); do (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.5; done
user() { radosgw-admin user info --uid=ops || radosgw-admin user create --uid=ops --display-name=ops --access-key=testkey --secret-key=testsecret; }
retry user >/dev/null
exports
