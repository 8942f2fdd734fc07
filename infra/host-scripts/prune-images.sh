# Keeps the last three images of NAME; Docker itself keeps those that a container uses.
docker images "$NAME" --format '{{.ID}} {{.Tag}}' | awk '!seen[$1]++ { print $2 }' | tail -n +4 | while read -r tag; do
  docker rmi "$NAME:$tag" >/dev/null 2>&1 && echo "removed $NAME:$tag" || true
done
