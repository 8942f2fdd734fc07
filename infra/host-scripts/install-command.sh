# Installs the `nightshift` command, given as base64, in a folder of the host's PATH.
install -d -m 0755 "$FOLDER"
printf %s "$CONTENT" | base64 -d >"$FOLDER/.nightshift"
chmod 0755 "$FOLDER/.nightshift"
mv "$FOLDER/.nightshift" "$FOLDER/nightshift"
