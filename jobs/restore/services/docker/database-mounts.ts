import path from 'node:path';
import { type HostEnvironment, isContainerPrivate } from '../../usage/host-environment.ts';
import { containerOfProcess, inodeKey } from '../../usage/open-file-holders.ts';
import { dockerNotQueried } from '../../usage/visibility.ts';
import type { DockerContainer, DockerEngine } from './docker-engine.ts';
import { hostPathsOf, possiblePathSuffixes, withFoldersAbove } from './host-paths.ts';
import { noDocker } from './no-docker.ts';
import { mountKey, probeMounts } from './probe-mounts.ts';
import type { ShowsDatabase } from './select-services.ts';

/** What the Docker engine tells about who mounts the database. */
export type DatabaseMounts = {
  /** Why that may not be all of this host's containers; null: it is. */
  readonly blind: string | null;
  readonly shows: ShowsDatabase;
  /** The container this process runs in. */
  readonly self: DockerContainer | null;
};

/** A path of this host, with the identity (`device:inode`) of what it leads to; empty when that is not there. */
export type PathIdentity = { readonly path: string; readonly identity: string };

/** The database and every folder above it, for finding mounts that show it. */
function pathIdentities(database: string): PathIdentity[] {
  return withFoldersAbove(database).map((at) => ({ path: at, identity: inodeKey(at) ?? '' }));
}

/** Finds which mounts show the database: by its paths on the host, by identity, and from within a container by a probe. */
export async function findDatabaseMounts(
  database: string,
  containers: readonly DockerContainer[],
  engine: DockerEngine,
  host: HostEnvironment,
): Promise<DatabaseMounts> {
  if (engine === noDocker) return { blind: dockerNotQueried, shows: () => false, self: null };
  const self = findSelf(containers, host);
  if (self !== null) return findFromContainer(database, containers, self, engine, host);
  const shows = shownOnHost(pathIdentities(database), inodeKey);
  if (containers.some(isProcessHere)) return { blind: null, shows, self };
  if (host.inContainer) {
    return { blind: `it is not certain which container of Docker at ${engine.address} this is`, shows, self };
  }
  if (engine.address.startsWith('unix:')) return { blind: null, shows, self };
  const blind = `Docker at ${engine.address} does not appear to be on this host`;
  return { blind, shows: () => false, self };
}

/** The container this process runs in; null when the engine does not know it, or that is not certain. */
export function findSelf(containers: readonly DockerContainer[], host: HostEnvironment): DockerContainer | null {
  const { containerId, networkContainerId, hostname, inContainer } = host;
  if (!inContainer) return null;
  if (containerId !== null) return containers.find(({ id }) => id === containerId) ?? null;
  const isOne = ({ id }: DockerContainer) =>
    id === networkContainerId || (/^[0-9a-f]{12,64}$/.test(hostname) && id.startsWith(hostname));
  const found = containers.find(isOne);
  if (found === undefined) return null;
  // One that shares another's network shares its hostname and these files: which of them this is, they do not tell.
  const sharing = [`container:${found.id}`, `container:${found.name}`];
  return containers.some(({ networkMode }) => sharing.includes(networkMode)) ? null : found;
}

function isProcessHere({ id, pid }: DockerContainer): boolean {
  return pid !== null && containerOfProcess(pid) === id;
}

/** On the host itself: a mount shows the database when its source is one of these places, or the same one by another path. */
export function shownOnHost(
  places: readonly PathIdentity[],
  identityOf: (path: string) => string | null,
): ShowsDatabase {
  const paths = new Set(places.map(({ path }) => path));
  const identities = new Set(places.map(({ identity }) => identity));
  return (_, { sources }) =>
    sources.some((source) => paths.has(source) || identities.has(identityOf(source) ?? 'not here'));
}

async function findFromContainer(
  database: string,
  containers: readonly DockerContainer[],
  self: DockerContainer,
  engine: DockerEngine,
  host: HostEnvironment,
): Promise<DatabaseMounts> {
  const hostPaths = hostPathsOf(host.folder, self.mounts);
  if (hostPaths.length === 0) {
    const isOwn =
      isContainerPrivate(host) || self.mounts.some(({ destination }) => destination === host.mount?.mountPoint);
    const blind = isOwn ? null : `Docker does not know the mount at ${host.mount?.mountPoint ?? host.folder}`;
    return { blind, shows: () => false, self };
  }
  const files = hostPaths.map((folder) => path.join(folder, path.basename(database)));
  const paths = new Set(files.flatMap(withFoldersAbove));
  const others = containers.filter(({ id, state }) => id !== self.id && state !== 'off');
  const { showing, unknown } = await probeMounts(database, others, possiblePathSuffixes(hostPaths, host), engine);
  return {
    blind: unknown.length === 0 ? null : unknown.join('; '),
    shows: (owner, mount) => mount.sources.some((source) => paths.has(source)) || showing.has(mountKey(owner, mount)),
    self,
  };
}
