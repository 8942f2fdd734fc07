# On a new host: waits until cloud-init has installed Docker, at most TIMEOUT seconds.
deadline=$(($(date +%s) + TIMEOUT))
echo "Waiting until cloud-init has installed Docker on the new host, at most $((TIMEOUT / 60)) minutes." >&2
while :; do
  state=$(cloud-init status 2>&1) || true
  case $state in *running* | *'not started'* | *'not run'*) ;; *) break ;; esac
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "cloud-init has not ended after $((TIMEOUT / 60)) minutes. See /var/log/cloud-init-output.log on the host, then try again." >&2
    exit 1
  fi
  sleep 5
done
docker version >/dev/null 2>&1 && exit 0
echo "cloud-init has ended on the new host (${state#status: }), but Docker does not respond. The end of /var/log/cloud-init-output.log:" >&2
tail -n 10 /var/log/cloud-init-output.log >&2 || true
exit 1
