import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { History } from '../monitoring/history/history.ts';
import type { Clock } from '../runtime/clock.ts';
import { asFailure, Failure } from '../runtime/errors.ts';
import type { Log } from '../runtime/log.ts';
import { isImageMountPoint } from '../runtime/missing-folder.ts';
import type { StoreLocation } from '../settings/store-location.ts';
import { inspectFolder, markerName, type StoreFolder, writeMarker } from '../store/directory/store-marker.ts';

type KnownStores = Pick<History, 'storeId'>;
type StoreIdentityDeps = {
  readonly history: Pick<History, 'storeId' | 'recordStore'>;
  readonly clock: Clock;
  readonly log: Log;
};

/** What a run may do with a folder: use it as it is, record its marker, mark it first; or why it must not be used. */
export type FolderCheck = 'same' | 'record' | 'mark' | { readonly refused: string };

/**
 * Whether a folder is the one that backups went to, or another in its place. `known` is the id that the history has for it. Without
 * one a folder is taken as it is: first use, or a history that was lost.
 */
export function checkFolder(folder: string, found: StoreFolder, known: string | null): FolderCheck {
  if (found.kind === 'parent absent') return { refused: `There is no folder ${found.parent} to hold ${folder}` };
  if (found.kind === 'absent' && isImageMountPoint(folder)) return { refused: `There is no folder ${folder}` };
  if (known === null) return found.kind === 'folder' && found.marker !== null ? 'record' : 'mark';
  if (found.kind === 'absent') return { refused: `There is no folder ${folder}` };
  if (found.marker?.id === known) return 'same';
  const holds = found.others === 0 ? 'it is empty' : 'other files are there';
  if (found.marker === null) return { refused: `The folder ${folder} lacks the file ${markerName} (${holds})` };
  return { refused: `The folder ${folder} has the ${markerName} of another store, first used ${found.marker.created}` };
}

/**
 * Refuses a folder that is not the one that backups went to before. Changes nothing; a bucket is not checked. Throws
 * STORE_NOT_MOUNTED and STORE_ failures.
 */
export async function requireSameStore(location: StoreLocation, history: KnownStores): Promise<void> {
  if (location.kind === 'directory') await inspectStore(location.folder, history);
}

/** The same, and a folder in its first use gets its marker, which the history remembers. */
export async function claimStore(location: StoreLocation, { history, clock, log }: StoreIdentityDeps): Promise<void> {
  if (location.kind !== 'directory') return;
  const { found, check } = await inspectStore(location.folder, history);
  if (check === 'same') return;
  await claimFolder(location.folder, found, { history, clock });
  if (found.kind === 'absent') log.line(`made the folder ${location.folder}, which was missing (BACKUP_STORE)`);
  if (check === 'mark') log.line(`first use of ${locationOf(location.folder)}: marked with ${markerName}`);
}

/** Since when the store of this location is taken for the right one; null for a bucket, which is known by its name. */
export function storeClaimedAt(location: StoreLocation, history: Pick<History, 'storeSince'>): Temporal.Instant | null {
  return location.kind === 'directory' ? history.storeSince(locationOf(location.folder)) : null;
}

/** Takes a folder, which must be there, as the store of its location, whatever was there before. Throws STORE_NOT_MOUNTED. */
export async function acceptStore(folder: string, deps: Omit<StoreIdentityDeps, 'log'>): Promise<void> {
  const { found } = await inspectStore(folder, { storeId: () => null });
  if (found.kind === 'absent') throw noFolder(folder);
  await claimFolder(folder, found, deps);
}

async function claimFolder(
  folder: string,
  found: StoreFolder,
  { history, clock }: Omit<StoreIdentityDeps, 'log'>,
): Promise<void> {
  const there = found.kind === 'folder' ? found.marker : null;
  const now = clock.now();
  const marker = there ?? (await writeMarker(folder, { id: randomUUID(), created: now.toString() }));
  history.recordStore(locationOf(folder), marker.id, now);
}

/** For a caller that only reads: why this is not the folder that backups went to, or null. Never throws. */
export async function sameStoreFailure(location: StoreLocation, history: KnownStores | null): Promise<Failure | null> {
  try {
    await requireSameStore(location, history ?? { storeId: () => null });
    return null;
  } catch (error) {
    return asFailure(error);
  }
}

/** For a caller that finds no backup: why that does not mean that there are none (the folder is missing), or null. */
export async function missingFolderFailure(location: StoreLocation): Promise<Failure | null> {
  if (location.kind !== 'directory') return null;
  const { kind } = await inspectFolder(location.folder);
  return kind === 'folder' ? null : noFolder(location.folder);
}

async function inspectStore(folder: string, history: KnownStores) {
  const found = await inspectFolder(folder);
  const check = checkFolder(folder, found, history.storeId(locationOf(folder)));
  if (typeof check === 'object') throw notMounted(folder, check.refused);
  return { found, check };
}

const noFolder = (folder: string) => notMounted(folder, `There is no folder ${folder}`);

function notMounted(folder: string, found: string): Failure {
  return new Failure(
    'STORE_NOT_MOUNTED',
    `${found}: this is not the store that backups went to, or its disk is not mounted.`,
    `See what is mounted there: \`findmnt -T ${folder}\`. Mount the disk and run it again; nothing was written. If backups are to go to this new place: make the folder where it is not there, then \`nightshift accept --new-store\`.`,
  );
}

function locationOf(folder: string): string {
  return pathToFileURL(path.resolve(folder)).href;
}
