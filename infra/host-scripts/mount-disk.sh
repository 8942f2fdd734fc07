# Mounts DEVICE at MOUNT_POINT, now and at boot. Creates a filesystem only on a blank device, and only if MAY_FORMAT.
for try in 1 2 3 4 5 6 7 8 9 10; do
  [ -b "$DEVICE" ] && break
  sleep 3
done
[ -b "$DEVICE" ] || { echo "The host has no device $DEVICE: is the volume attached to this host?" >&2; exit 1; }
device=$(readlink -f "$DEVICE")

mounted=$(findmnt -rno SOURCE --mountpoint "$MOUNT_POINT" || true)
if [ -n "$mounted" ] && [ "$(readlink -f "$mounted")" != "$device" ]; then
  echo "$mounted is mounted at $MOUNT_POINT, not $DEVICE: unmount it, or choose another nightshift:mountPoint." >&2
  exit 1
fi

# Exit code 2: blkid found nothing. Anything else (a filesystem, a partition table, an error) is not a blank device.
code=0
found=$(blkid -p "$device" 2>&1) || code=$?
if [ "$code" = 2 ] && [ -z "$(wipefs -n "$device" 2>&1)" ]; then
  if [ "$MAY_FORMAT" != yes ]; then
    echo "$DEVICE is adopted but has no filesystem. nightshift never formats an adopted volume: format it by hand if it is the right one." >&2
    exit 1
  fi
  mkfs.ext4 -q -L nightshift "$device"
fi
type=$(blkid -p -o value -s TYPE "$device" || true)
case $type in
  ext4 | ext3 | xfs) ;;
  *) echo "$DEVICE contains something that nightshift does not mount: ${found:-${type:-unknown}}. Inspect it (blkid -p $DEVICE), or choose another volume." >&2; exit 1 ;;
esac
uuid=$(blkid -p -o value -s UUID "$device")

if [ -z "$mounted" ]; then
  if [ -d "$MOUNT_POINT" ] && [ -n "$(ls -A "$MOUNT_POINT")" ]; then
    echo "$MOUNT_POINT already contains: $(ls -A "$MOUNT_POINT" | head -n 5 | tr '\n' ' '). Mounting over it would hide that: move it away, or choose another nightshift:mountPoint." >&2
    exit 1
  fi
  mkdir -p "$MOUNT_POINT"
  # While the disk is not mounted, nothing can be written to the folder below it.
  chattr +i "$MOUNT_POINT" || echo "This filesystem does not support immutable folders." >&2
fi
FSTAB=${FSTAB:-/etc/fstab}
line="UUID=$uuid $MOUNT_POINT $type defaults,noatime,nofail 0 2"
if ! grep -qxF "$line" "$FSTAB"; then
  if awk -v at="$MOUNT_POINT" '$1 !~ /^#/ && $2 == at { found = 1 } END { exit !found }' "$FSTAB"; then
    echo "$FSTAB has another line for $MOUNT_POINT, which is left unchanged." >&2
  else
    printf '%s\n' "$line" >>"$FSTAB"
  fi
fi
[ -n "$mounted" ] || mount -t "$type" -o noatime "$device" "$MOUNT_POINT"
mountpoint -q "$MOUNT_POINT"

case $type in
  ext3 | ext4) output=$(resize2fs "$device" 2>&1) || { printf '%s\n' "$output" >&2; exit 1; } ;;
  xfs) output=$(xfs_growfs "$MOUNT_POINT" 2>&1) || { printf '%s\n' "$output" >&2; exit 1; } ;;
esac
printf '%s\n' "$output" | tail -n 1
[ -d "$DATA_FOLDER" ] || install -d -o 1000 -g 1000 "$DATA_FOLDER"
