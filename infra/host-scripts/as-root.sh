# Before every script: sets `root` to what runs a command as root.
set -eu
root=''
if [ "$(id -u)" != 0 ]; then
  refusal=$(sudo -n env true 2>&1) || {
    echo "The user $(id -un) has no sudo without a password on this host (${refusal:-refused}). On the host, as root: echo '$(id -un) ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/nightshift. Or set nightshift:sshUser to root." >&2
    exit 1
  }
  root='sudo -n --preserve-env=DOCKER_HOST'
fi
