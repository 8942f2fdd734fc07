# Lays the `nightshift` command, which comes as base64, where the host's shells find it.
install -d -m 0755 "$FOLDER"
printf %s "$CONTENT" | base64 -d >"$FOLDER/.nightshift"
chmod 0755 "$FOLDER/.nightshift"
mv "$FOLDER/.nightshift" "$FOLDER/nightshift"
