# Waits until the new container is healthy. If it does not become healthy, rolls back to the previous image and fails.
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
problem=''
deadline=$(($(date +%s) + TIMEOUT))
while :; do
  state=$(docker inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}} {{if .State.Health}}{{.State.Health.Status}}{{end}}' "$NAME" 2>&1) || { problem="it no longer exists: $state"; break; }
  set -- $state
  case "$1 ${4:-}" in
    'running healthy') break ;;
    'running unhealthy') problem='its health check fails'; break ;;
  esac
  if [ "$3" -gt 2 ] || [ "$1" = exited ] || [ "$1" = dead ]; then problem="it exited with code $2"; break; fi
  if [ "$1" = running ] && eval "docker exec $NAME $HEALTH" >/dev/null 2>&1; then
    # Healthy, and not only between two crashes.
    started=$(started_at)
    sleep 3
    [ "$(started_at)" != "$started" ] || break
  fi
  if [ "$(date +%s)" -ge "$deadline" ]; then problem="it is not healthy after $TIMEOUT s"; break; fi
  sleep 2
done
if [ -z "$problem" ]; then
  docker inspect -f '{{.Image}}' "$NAME" >"$record.new"
  mv "$record.new" "$record"
  docker rm -f "$NAME-failed" >/dev/null 2>&1 || true
  exit 0
fi
echo "The new $NAME is not healthy: $problem. The end of its log:" >&2
docker logs --tail 30 "$NAME" >&2 2>&1 || true
previous=$(cat "$record" 2>/dev/null || true)
now=$(docker inspect -f '{{.Image}}' "$NAME" 2>/dev/null || true)
if [ -z "$previous" ] || [ "$previous" = "$now" ]; then
  echo 'No other image was healthy before, so there is no rollback.' >&2
  exit 1
fi
docker stop -t "$STOP_SECONDS" "$NAME" >/dev/null 2>&1 || true
docker rm -f "$NAME-failed" >/dev/null 2>&1 || true
docker rename "$NAME" "$NAME-failed" 2>/dev/null || true
eval "docker run --name $NAME --label nightshift.service=$NAME --label nightshift.rollback=$previous $OPTIONS $previous $COMMAND" >/dev/null
echo "Rolled back to the previous image ($previous). Fix the image or the settings, then: pulumi up" >&2
exit 1
