# A container in the network, processes or IPC of the one that is replaced knows it by its id: the new one is another to it.
ours=$({ docker ps -aq --no-trunc --filter "label=nightshift.service=$NAME"; docker ps -aq --no-trunc --filter "name=^$NAME\$"; } | tr '\n' ' ')
modes='{{.HostConfig.NetworkMode}}|{{.HostConfig.PidMode}}|{{.HostConfig.IpcMode}}'
compose='{{index .Config.Labels "com.docker.compose.service"}}|{{index .Config.Labels "com.docker.compose.project.working_dir"}}'
joined=$(docker ps -aq | xargs -r docker inspect -f "$modes|{{.Name}}|$compose" 2>/dev/null | awk -F'|' -v ours="$ours" '
  BEGIN { count = split(ours, id, " ") }
  {
    for (i = 1; i <= count; i++) if ($1 == "container:" id[i] || $2 == "container:" id[i] || $3 == "container:" id[i]) {
      print substr($4, 2) ($5 == "" ? "" : " (in " $6 ": docker compose up -d --force-recreate " $5 ")")
      break
    }
  }') || true
if [ -n "$joined" ]; then
  echo "These containers share the network, processes or IPC of $NAME, which this update replaces. They are cut off then, and a restart fails (No such container). Whoever made them must make them anew afterwards:" >&2
  printf '%s\n' "$joined" >&2
fi
