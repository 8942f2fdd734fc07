# Tries the new image with the real settings while the old container runs; only when this passes may the old one go.
# Also makes sure that the name is free of containers that are not ours to replace.
candidate="$NAME-candidate"
docker rm -f "$candidate" >/dev/null 2>&1 || true
trap 'docker rm -f "$candidate" >/dev/null 2>&1 || true' EXIT
began=$(date +%s)
until said=$(eval "docker run --rm --name $candidate $OPTIONS $IMAGE $CHECK" 2>&1); do
  # A new key of a bucket works only after up to half a minute. Before the first backup the check itself waits for it.
  case $said in
    *STORE_KEY_UNKNOWN* | *STORE_DENIED*) [ $(($(date +%s) - began)) -ge 50 ] || { sleep 10; continue; } ;;
  esac
  echo "The new $NAME does not pass its check; nothing was stopped. Its last lines:" >&2
  printf '%s\n' "$said" | tail -n 30 >&2
  exit 1
done
printf '%s\n' "$said" | tail -n 30
owner=$(docker inspect -f '{{index .Config.Labels "nightshift.service"}}/{{index .Config.Labels "nightshift.rollback"}}' "$NAME" 2>/dev/null) || exit 0
case $owner in
  "$NAME/") exit 0 ;; # the engine replaces its own container
  "$NAME/"*) echo "Removing the container that a rollback started." ;;
  *)
    if [ "$REPLACE" != true ]; then
      echo "A container called $NAME runs here that nightshift did not make. To let it be stopped and removed: pulumi config set nightshift:replaceContainers true" >&2
      exit 1
    fi
    echo "Removing the old container $NAME."
    # With the grace that it came with: a shell that sleeps hears no SIGTERM, and would be waited for to the end.
    docker stop "$NAME" >/dev/null
    docker rm "$NAME" >/dev/null
    exit 0 ;;
esac
docker stop -t "$STOP_SECONDS" "$NAME" >/dev/null
docker rm "$NAME" >/dev/null
