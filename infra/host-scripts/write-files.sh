# Reads lines of `NAME BASE64` and makes FOLDER contain exactly these files, with MODE, owned by the uid of the services.
install -d -m 0711 "$(dirname "$(dirname "$FOLDER")")" "$(dirname "$FOLDER")"
install -d -o 1000 -g 1000 -m 0700 "$FOLDER"
umask 077
kept=' '
while read -r name content; do
  [ -n "$name" ] || continue
  printf %s "$content" | base64 -d >"$FOLDER/.$name"
  chown 1000:1000 "$FOLDER/.$name"
  chmod "$MODE" "$FOLDER/.$name"
  mv "$FOLDER/.$name" "$FOLDER/$name"
  kept="$kept$name "
done
for file in "$FOLDER"/*; do
  case "$kept" in
    *" $(basename "$file") "*) ;;
    *) rm -f "$file" ;;
  esac
done
