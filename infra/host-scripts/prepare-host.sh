# Creates the folders that containers bind-mount, owned by the uid they run as. DISK: none or mounted.
version=$(docker version --format '{{.Server.Version}}') || { echo "Docker does not respond on this host: install it (https://docs.docker.com/engine/install), then try again." >&2; exit 1; }
case $version in
  1.* | 1[0-9].* | 20.0[0-9].*) echo "Docker $version is too old: nightshift needs 20.10 or newer." >&2; exit 1 ;;
esac
# `pulumi up` itself reaches Docker as the SSH user, not as root.
if [ "$DOCKER_AS_USER" = yes ] && [ -n "${SUDO_USER:-}" ] && ! refusal=$(runuser -u "$SUDO_USER" -- docker version 2>&1); then
  echo "The user $SUDO_USER may not use Docker on this host ($(printf '%s\n' "$refusal" | tail -n 1)). On the host: sudo usermod -aG docker $SUDO_USER, then try again." >&2
  exit 1
fi
if [ "$ENGINE" = swarm ]; then
  here=$(docker info --format '{{.Name}}')
  managers=$(docker node ls --quiet --filter role=manager 2>/dev/null | grep -c .) || true
  problem=''
  if [ "$managers" = 0 ]; then
    problem="This host is no manager of a Docker Swarm: docker swarm init, or set nightshift:engine to container."
  elif [ -z "$SWARM_NODE" ] && [ "$managers" -gt 1 ]; then
    problem="This Swarm has $managers managers, and images and folders are made on this host alone: pulumi config set nightshift:swarmNode $here"
  elif [ -n "$SWARM_NODE" ] && [ "$SWARM_NODE" != "$here" ]; then
    problem="nightshift:swarmNode is $SWARM_NODE, but images and folders are made on this host, which is $here: set it to $here, or deploy to $SWARM_NODE."
  fi
  if [ -n "$problem" ]; then
    echo "$problem" >&2
    exit 1
  fi
fi
if [ "$DISK" = mounted ] && ! mountpoint -q "$MOUNT_POINT"; then
  echo "Nothing is mounted at $MOUNT_POINT: mount the disk, or correct nightshift:mountPoint." >&2
  exit 1
fi
if [ ! -d "$DATA_FOLDER" ]; then
  echo "There is no folder $DATA_FOLDER: mount the disk, or correct nightshift:dataFolder. It is not created: an empty folder would hide an unmounted disk." >&2
  exit 1
fi
for folder in $FOLDERS; do
  install -d -o 1000 -g 1000 -m 0750 "$folder"
done
