import { quoteWord } from '../../jobs/runtime/shell-quoting.ts';
import type { HostTarget } from './target.ts';

/**
 * A POSIX shell script that inspects a host and changes nothing: one fact per line, a tab between name and value.
 * `device`: path of the volume, or null. What needs root runs under `sudo -n`, and is left out where that is refused.
 */
export function probeScript({ disk, mail, access }: HostTarget, device: string | null): string {
  const engine = access.kind === 'local' ? `DOCKER_HOST=${quoteWord(access.dockerHost)}; export DOCKER_HOST\n` : '';
  return `${engine}
MOUNT=${quoteWord(disk?.mountPoint ?? '')} DEVICE=${quoteWord(device ?? '')} MAIL_HOST=${quoteWord(mail?.host ?? '')} MAIL_PORT=${mail?.port ?? 0}
fact() { printf '%s\\t%s\\n' "$1" "$(printf %s "$2" | tr '\\n\\t' '  ')"; }
fact now "$(date +%s)"
if [ "$(id -u)" = 0 ]; then root=root; as_root() { "$@"; }
elif sudo -n true 2>/dev/null; then root=sudo; as_root() { sudo -n "$@"; }
else root=none; as_root() { "$@"; }; fi
fact root "$root"
if ! command -v docker >/dev/null; then fact docker-missing yes
elif version=$(docker version --format '{{.Server.Version}}' 2>&1); then
  fact docker-version "$version"
  docker ps --all --no-trunc --format 'container	{{.Names}}	{{.Labels}}	{{.Ports}}	{{.ID}}'
  modes='{{.HostConfig.NetworkMode}}	{{.HostConfig.PidMode}}	{{.HostConfig.IpcMode}}'
  compose='{{index .Config.Labels "com.docker.compose.service"}}	{{index .Config.Labels "com.docker.compose.project.working_dir"}}'
  docker ps --all --quiet | xargs -r docker inspect -f "modes	{{.Name}}	$modes	$compose" 2>/dev/null
else fact docker-error "$version"; fi
awk '$4 == "0A" { split($2, at, ":"); print "listening\\t" at[2] }' /proc/net/tcp /proc/net/tcp6 2>/dev/null | sort -u
if [ -n "$MOUNT" ]; then
  fact mounted "$(awk -v at="$MOUNT" '$2 == at { found = $1 " " $3 } END { print found }' /proc/mounts)"
  if [ ! -d "$MOUNT" ]; then fact folder absent
  elif [ -z "$(as_root ls -A "$MOUNT" 2>&1 | head -n 1)" ]; then fact folder empty
  else fact folder filled; fi
fi
if [ -n "$DEVICE" ]; then
  if [ -e "$DEVICE" ]; then
    real=$(readlink -f "$DEVICE")
    fact device "$real"
    fact device-type "$(PATH=$PATH:/usr/sbin:/sbin; { as_root blkid -p -o value -s TYPE -s PTTYPE "$real" || lsblk -dno FSTYPE,PTTYPE "$real"; } 2>/dev/null)"
    fact device-mounted "$(awk -v of="$real" '$1 == of { found = $2 } END { print found }' /proc/mounts)"
  else fact device absent; fi
fi
if [ -n "$MAIL_HOST" ]; then
  if error=$(timeout 15 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$MAIL_HOST" "$MAIL_PORT" 2>&1); then fact mail open
  else error=$(printf %s "$error" | head -n 1); error=\${error:-no response within 15 s}; fact mail "\${error##*: }"; fi
fi
fact end yes
`;
}
