import { randomBytes } from 'node:crypto';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../../runtime/errors.ts';
import { probePath } from '../../files/names.ts';
import type { DockerContainer, DockerEngine, DockerMount, PathStat } from './docker-engine.ts';

/** A mount of a container. */
export const mountKey = ({ id }: Pick<DockerContainer, 'id'>, { destination }: DockerMount) => `${id} ${destination}`;

export type ProbedMounts = {
  /** Keys of the mounts that show the database. */
  readonly showing: ReadonlySet<string>;
  /** Sentences about mounts of which Docker did not say what they show. */
  readonly unknown: readonly string[];
};

/**
 * Finds out through the engine alone which containers see the database, whatever the path or symbolic link they were
 * mounted by: lays an empty file of a unique name beside it for a moment, and asks for it in each mount.
 */
export async function probeMounts(
  database: string,
  containers: readonly DockerContainer[],
  rests: readonly string[],
  engine: DockerEngine,
): Promise<ProbedMounts> {
  if (containers.length === 0) return { showing: new Set(), unknown: [] };
  const probe = probePath(database, randomBytes(8).toString('hex'));
  writeFileSync(probe, '', { flag: 'wx', mode: 0o600 });
  try {
    const found = await Promise.all(
      containers.map((container) => probeContainer(container, { database, probe, rests, engine })),
    );
    return { showing: new Set(found.flatMap(({ keys }) => keys)), unknown: found.flatMap(({ unknown }) => unknown) };
  } finally {
    rmSync(probe, { force: true });
  }
}

type ProbeSearch = {
  readonly database: string;
  readonly probe: string;
  readonly rests: readonly string[];
  readonly engine: DockerEngine;
};

async function probeContainer(container: DockerContainer, search: ProbeSearch) {
  const keys: string[] = [];
  const unknown: string[] = [];
  for (const mount of container.mounts) {
    if (mount.sources.length === 0) continue;
    try {
      if (await shows(container.id, mount.destination, search)) keys.push(mountKey(container, mount));
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'DOCKER_FAILED') throw error;
      unknown.push(`what ${container.name} has at ${mount.destination} is not known (${error.message})`);
    }
  }
  return { keys, unknown };
}

async function shows(
  id: string,
  destination: string,
  { database, probe, rests, engine }: ProbeSearch,
): Promise<boolean> {
  const top = await engine.pathStat(id, destination);
  if (top === null) return false;
  if (!top.mayBeFolder) return isSameFile(database, () => engine.pathStat(id, destination));
  for (const rest of rests) {
    if (!(await isFolder(id, destination, rest, engine))) continue;
    if ((await engine.pathStat(id, path.join(destination, rest, path.basename(probe)))) !== null) return true;
  }
  return false;
}

/**
 * A single file has no folder for the probe to be seen in: only its size and its time of change, to the nanosecond. A database
 * that is written to changes between two looks: another file is one that changed before or after both of them. One of which
 * that cannot be told, in as many looks as there are, counts as the database.
 */
async function isSameFile(database: string, look: () => Promise<PathStat | null>): Promise<boolean> {
  for (let looks = 0; looks < 10; looks += 1) {
    const before = ownStat(database);
    const there = await look();
    const after = ownStat(database);
    if (before === null || after === null || there === null || there.mayBeFolder) return false;
    const changedAt = there.changedAt.epochNanoseconds;
    if (before.changedAt === after.changedAt && before.bytes === after.bytes) {
      return changedAt === before.changedAt && BigInt(there.bytes) === before.bytes;
    }
    const isBetween = changedAt >= before.changedAt && changedAt <= after.changedAt;
    if (!isBetween && before.changedAt <= after.changedAt) return false;
  }
  return true;
}

function ownStat(file: string): { readonly bytes: bigint; readonly changedAt: bigint } | null {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : { bytes: found.size, changedAt: found.mtimeNs };
}

/** Looks at each folder on the way: the engine has no clear answer to a path through a file. */
async function isFolder(id: string, destination: string, rest: string, engine: DockerEngine): Promise<boolean> {
  let at = destination;
  for (const name of rest.split('/').filter((part) => part !== '')) {
    at = path.join(at, name);
    if (!(await engine.pathStat(id, at))?.mayBeFolder) return false;
  }
  return true;
}
