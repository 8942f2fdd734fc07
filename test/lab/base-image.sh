#!/usr/bin/env bash
# Makes the image node:26-bookworm-slim in the engine that DOCKER_HOST names: Debian 12 from its packages, Node from npm's.
set -euo pipefail
image=node:26-bookworm-slim
debian=$LAB_CACHE/bookworm.tar
! docker image inspect "$image" >/dev/null 2>&1 || exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ ! -s "$debian" ]; then
  ./packages.sh debootstrap
  debootstrap --variant=minbase --include=tzdata,ca-certificates,libatomic1 bookworm "$work/root" ||
    { tail -5 "$work/root/debootstrap/debootstrap.log"; exit 1; }
  chroot "$work/root" useradd --uid 1000 --user-group --create-home --shell /bin/bash node
  rm -rf "$work"/root/var/cache/apt/archives/*.deb "$work"/root/var/lib/apt/lists/*
  tar -C "$work/root" --one-file-system -cf "$debian.part" .
  mv "$debian.part" "$debian"
fi
mkdir "$work/image"
cp "$debian" ../../node_modules/node-linux-*/bin/node "$work/image"
cat >"$work/image/Dockerfile" <<'DOCKERFILE'
FROM scratch
ADD bookworm.tar /
COPY node /usr/local/bin/
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
CMD ["node"]
DOCKERFILE
docker build --quiet --tag "$image" "$work/image"
