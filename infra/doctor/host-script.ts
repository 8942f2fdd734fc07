import type { HostTarget } from './target.ts';

/**
 * A POSIX shell script that looks at a host and changes nothing: one fact a line, a tab between name and value.
 * `device`: path of the volume, or null. What needs root is asked of `sudo -n`, and left out where that is refused.
 */
export function hostScript({ disk, mail, reach }: HostTarget, device: string | null): string {
  const engine = reach.kind === 'local' ? `DOCKER_HOST=${quoted(reach.dockerHost)}; export DOCKER_HOST\n` : '';
  return `${engine}
MOUNT=${quoted(disk?.mountPoint ?? '')} DEVICE=${quoted(device ?? '')} MAIL_HOST=${quoted(mail?.host ?? '')} MAIL_PORT=${mail?.port ?? 0}
say() { printf '%s\\t%s\\n' "$1" "$(printf %s "$2" | tr '\\n\\t' '  ')"; }
say now "$(date +%s)"
if [ "$(id -u)" = 0 ]; then root=root; as_root() { "$@"; }
elif sudo -n true 2>/dev/null; then root=sudo; as_root() { sudo -n "$@"; }
else root=none; as_root() { "$@"; }; fi
say root "$root"
if ! command -v docker >/dev/null; then say docker-missing yes
elif version=$(docker version --format '{{.Server.Version}}' 2>&1); then
  say docker-version "$version"
  docker ps --all --format 'container	{{.Names}}	{{.Labels}}	{{.Ports}}'
else say docker-error "$version"; fi
awk '$4 == "0A" { split($2, at, ":"); print "listening\\t" at[2] }' /proc/net/tcp /proc/net/tcp6 2>/dev/null | sort -u
if [ -n "$MOUNT" ]; then
  say mounted "$(awk -v at="$MOUNT" '$2 == at { found = $1 " " $3 } END { print found }' /proc/mounts)"
  if [ ! -d "$MOUNT" ]; then say folder absent
  elif [ -z "$(as_root ls -A "$MOUNT" 2>&1 | head -n 1)" ]; then say folder empty
  else say folder filled; fi
fi
if [ -n "$DEVICE" ]; then
  if [ -e "$DEVICE" ]; then
    real=$(readlink -f "$DEVICE")
    say device "$real"
    say device-type "$(PATH=$PATH:/usr/sbin:/sbin; { as_root blkid -p -o value -s TYPE -s PTTYPE "$real" || lsblk -dno FSTYPE,PTTYPE "$real"; } 2>/dev/null)"
    say device-mounted "$(awk -v of="$real" '$1 == of { found = $2 } END { print found }' /proc/mounts)"
  else say device absent; fi
fi
if [ -n "$MAIL_HOST" ]; then
  if why=$(timeout 15 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$MAIL_HOST" "$MAIL_PORT" 2>&1); then say mail open
  else why=$(printf %s "$why" | head -n 1); why=\${why:-no answer within 15 s}; say mail "\${why##*: }"; fi
fi
say end yes
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
