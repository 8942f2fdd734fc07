# Waits until the new container is healthy. If it does not become so, the previous image runs again, and the `up` fails.
record="$STATE/previous-$NAME"
started_at() { docker inspect -f '{{.State.StartedAt}} {{.State.Status}}' "$NAME"; }
rolled_back() { [ -n "$(docker ps -aq --filter "name=^$NAME\$" --filter label=nightshift.rollback)" ]; }
if rolled_back && docker inspect "$NAME-failed" >/dev/null 2>&1; then
  # A second `up` after a rollback: the new container gets another chance.
  docker stop -t "$STOP_SECONDS" "$NAME" >/dev/null
  docker rm "$NAME" >/dev/null
  docker rename "$NAME-failed" "$NAME"
  docker start "$NAME" >/dev/null
fi
why=''
deadline=$(($(date +%s) + TIMEOUT))
while :; do
  state=$(docker inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}} {{if .State.Health}}{{.State.Health.Status}}{{end}}' "$NAME" 2>&1) || { why="it is gone: $state"; break; }
  set -- $state
  case "$1 ${4:-}" in
    'running healthy') break ;;
    'running unhealthy') why='its health check fails'; break ;;
  esac
  if [ "$3" -gt 2 ] || [ "$1" = exited ] || [ "$1" = dead ]; then why="it ended with code $2"; break; fi
  if [ "$1" = running ] && eval "docker exec $NAME $HEALTH" >/dev/null 2>&1; then
    # Well now, and not only between two crashes.
    started=$(started_at)
    sleep 3
    [ "$(started_at)" != "$started" ] || break
  fi
  if [ "$(date +%s)" -ge "$deadline" ]; then why="it is not healthy after $TIMEOUT s"; break; fi
  sleep 2
done
if [ -z "$why" ]; then
  docker inspect -f '{{.Image}}' "$NAME" >"$record.new"
  mv "$record.new" "$record"
  docker rm -f "$NAME-failed" >/dev/null 2>&1 || true
  exit 0
fi
echo "The new $NAME is not well: $why. Its last lines:" >&2
docker logs --tail 30 "$NAME" >&2 2>&1 || true
previous=$(cat "$record" 2>/dev/null || true)
now=$(docker inspect -f '{{.Image}}' "$NAME" 2>/dev/null || true)
if [ -z "$previous" ] || [ "$previous" = "$now" ]; then
  echo 'There is no other image that was healthy before, so it is left as it is.' >&2
  exit 1
fi
docker stop -t "$STOP_SECONDS" "$NAME" >/dev/null 2>&1 || true
docker rm -f "$NAME-failed" >/dev/null 2>&1 || true
docker rename "$NAME" "$NAME-failed" 2>/dev/null || true
eval "docker run --name $NAME --label nightshift.service=$NAME --label nightshift.rollback=$previous $OPTIONS $previous $COMMAND" >/dev/null
echo "The previous image runs again ($previous). Change image or settings, then: pulumi up" >&2
exit 1
