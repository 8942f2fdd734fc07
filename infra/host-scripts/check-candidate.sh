# Checks the new image with the real settings while the old container runs; only if it passes is the old one replaced.
# Also makes sure that no container that nightshift did not create has the name.
candidate="$NAME-candidate"
docker rm -f "$candidate" >/dev/null 2>&1 || true
trap 'docker rm -f "$candidate" >/dev/null 2>&1 || true' EXIT
started=$(date +%s)
until output=$(eval "docker run --rm --name $candidate $OPTIONS $IMAGE $CHECK" 2>&1); do
  # A new bucket key may take half a minute to work. Before the first backup the check itself waits for it.
  case $output in
    *STORE_KEY_UNKNOWN* | *STORE_DENIED*) [ $(($(date +%s) - started)) -ge 50 ] || { sleep 10; continue; } ;;
  esac
  echo "The new $NAME image failed its check; nothing was stopped. The end of its output:" >&2
  printf '%s\n' "$output" | tail -n 30 >&2
  exit 1
done
printf '%s\n' "$output" | tail -n 30
@name-joined.sh@
owner=$(docker inspect -f '{{index .Config.Labels "nightshift.service"}}/{{index .Config.Labels "nightshift.rollback"}}' "$NAME" 2>/dev/null) || exit 0
case $owner in
  "$NAME/") exit 0 ;; # the engine replaces its own container
  "$NAME/"*) echo "Removing the container of a rollback." ;;
  *)
    if [ "$REPLACE" != true ]; then
      echo "A container named $NAME exists that nightshift did not create. To let nightshift stop and remove it: pulumi config set nightshift:replaceContainers true" >&2
      exit 1
    fi
    echo "Removing the old container $NAME."
    # With its own grace period: a shell in `sleep` ignores SIGTERM, and ours would be waited out in full.
    docker stop "$NAME" >/dev/null
    docker rm "$NAME" >/dev/null
    exit 0 ;;
esac
docker stop -t "$STOP_SECONDS" "$NAME" >/dev/null
docker rm "$NAME" >/dev/null
