import path from 'node:path';
import { type Place, placesOf } from '../staging/place.ts';
import type { Container, Engine } from './engine.ts';
import { containerOfProcess, identityOf } from './holders.ts';
import { hostPathsOf, possibleRests, withFoldersAbove } from './host-paths.ts';
import { noDockerAsked, noEngine } from './no-engine.ts';
import { mountKey, probeMounts } from './probe.ts';
import type { Shows } from './services.ts';
import { isPrivate, type Surroundings } from './surroundings.ts';

/** What the Docker engine tells about who mounts the database. */
export type DockerView = {
  /** Why that may not be all of this host's containers; null: it is. */
  readonly blind: string | null;
  readonly shows: Shows;
  /** The container this process runs in. */
  readonly self: Container | null;
};

/** Finds which mounts show the database: by its paths on the host, by identity, and from within a container by a probe. */
export async function viewOf(
  database: string,
  containers: readonly Container[],
  engine: Engine,
  around: Surroundings,
): Promise<DockerView> {
  if (engine === noEngine) return { blind: noDockerAsked, shows: () => false, self: null };
  const self = findSelf(containers, around);
  if (self !== null) return viewFromContainer(database, containers, self, engine, around);
  const shows = shownOnHost(placesOf(database), identityOf);
  if (containers.some(isProcessHere)) return { blind: null, shows, self };
  if (around.inContainer) {
    return { blind: `it is not certain which container of Docker at ${engine.address} this is`, shows, self };
  }
  if (engine.address.startsWith('unix:')) return { blind: null, shows, self };
  const blind = `Docker at ${engine.address} shows no sign of being on this host`;
  return { blind, shows: () => false, self };
}

/** The container this process runs in; null when the engine does not know it, or that is not certain. */
export function findSelf(containers: readonly Container[], around: Surroundings): Container | null {
  const { containerId, networkContainerId, hostname, inContainer } = around;
  if (!inContainer) return null;
  if (containerId !== null) return containers.find(({ id }) => id === containerId) ?? null;
  const isOne = ({ id }: Container) =>
    id === networkContainerId || (/^[0-9a-f]{12,64}$/.test(hostname) && id.startsWith(hostname));
  const found = containers.find(isOne);
  if (found === undefined) return null;
  // One that shares another's network shares its hostname and these files: which of them this is, they do not tell.
  const sharing = [`container:${found.id}`, `container:${found.name}`];
  return containers.some(({ networkMode }) => sharing.includes(networkMode)) ? null : found;
}

function isProcessHere({ id, pid }: Container): boolean {
  return pid !== null && containerOfProcess(pid) === id;
}

/** On the host itself: a mount shows the database when its source is one of these places, or the same one by another path. */
export function shownOnHost(places: readonly Place[], identityOf: (path: string) => string | null): Shows {
  const paths = new Set(places.map(({ path }) => path));
  const identities = new Set(places.map(({ identity }) => identity));
  return (_, { sources }) =>
    sources.some((source) => paths.has(source) || identities.has(identityOf(source) ?? 'not here'));
}

async function viewFromContainer(
  database: string,
  containers: readonly Container[],
  self: Container,
  engine: Engine,
  around: Surroundings,
): Promise<DockerView> {
  const hostPaths = hostPathsOf(around.folder, self.mounts);
  if (hostPaths.length === 0) {
    const isOwn = isPrivate(around) || self.mounts.some(({ destination }) => destination === around.mount?.mountPoint);
    const blind = isOwn ? null : `Docker does not know the mount at ${around.mount?.mountPoint ?? around.folder}`;
    return { blind, shows: () => false, self };
  }
  const files = hostPaths.map((folder) => path.join(folder, path.basename(database)));
  const paths = new Set(files.flatMap(withFoldersAbove));
  const others = containers.filter(({ id, state }) => id !== self.id && state !== 'off');
  const { showing, unknown } = await probeMounts(database, others, possibleRests(hostPaths, around), engine);
  return {
    blind: unknown.length === 0 ? null : unknown.join('; '),
    shows: (owner, mount) => mount.sources.some((source) => paths.has(source)) || showing.has(mountKey(owner, mount)),
    self,
  };
}
