import pMap from 'p-map';
import { asFailure, type Failure } from '../runtime/errors.ts';
import type { ListedObject, ObjectStore, StoredObject } from '../store/store.ts';
import { type BackupDate, backupDateOf, newestFirst } from './backup-date.ts';
import { type BackupDetails, readDetails } from './backup-details.ts';
import type { BackupKind, BackupLayout } from './backup-kinds.ts';
import { type BackupFacts, factsOf } from './metadata.ts';
import { databaseInKey, locateKey } from './names.ts';

/** What became of a suspicion: `open` waits for a person; `disproved`: a later backup has the rows again. */
export type SuspectStatus = 'open' | 'accepted' | 'disproved';

/** An object under the backup prefixes, with all that is known of it. */
export type StoredBackup = ListedObject & {
  /** The name of its kind. */
  readonly kind: string;
  /** The key below its folder, as `list` prints it. */
  readonly name: string;
  /** Null when the name is not exactly one of ours. */
  readonly database: string | null;
  /** Null for what nightshift did not store (backups of the old shell script), and for what changed since. */
  readonly facts: BackupFacts | null;
  /** Whether its bytes are others than those that nightshift stored: what was known of it is true of those only. */
  readonly isChanged: boolean;
  readonly date: BackupDate;
  /** What is kept beside a suspect backup and one with findings; null for others, and where it is missing. */
  readonly details: BackupDetails | null;
  /** Null for a backup that is not suspect. */
  readonly suspectStatus: SuspectStatus | null;
  /** Why its metadata could not be read; then nothing is known of it but its name. */
  readonly problem: Failure | null;
};

export type ReadOptions = {
  /** IANA zone that reads the local times in names. */
  readonly zone: string;
  /** By the store's clock, where it has one. */
  readonly now: () => Temporal.Instant;
  readonly layout: BackupLayout;
  readonly signal: AbortSignal;
};

const concurrentHeads = 8;

/**
 * Every backup of some kinds whose name below the kind's folder begins with `prefix`, newest first. One object that cannot
 * be read never hides the others: it carries its problem. Throws the STORE_ failure of a listing.
 */
export async function readBackups(
  store: ObjectStore,
  kinds: readonly BackupKind[],
  prefix: string,
  options: ReadOptions,
): Promise<StoredBackup[]> {
  const listings = await Promise.all(kinds.map((kind) => store.list(kind.prefix + prefix, options.signal)));
  const objects = listings.flat().filter(({ key, bytes }) => !(key.endsWith('/') && bytes === 0));
  const backups = await pMap(objects, (object) => readBackup(store, object, options), { concurrency: concurrentHeads });
  return backups.flat().toSorted(newestFirst);
}

/** Reads what the metadata of a listed object says; none for a key outside the folders of backups. */
async function readBackup(store: ObjectStore, object: ListedObject, options: ReadOptions): Promise<StoredBackup[]> {
  try {
    const head = await store.head(object.key, options.signal);
    // Removed since it was listed.
    if (head === null) return [];
    const described = await describeBackup(store, head, options);
    return described === null ? [] : [described];
  } catch (error) {
    options.signal.throwIfAborted();
    const unknown = identify(object, null, options);
    return unknown === null
      ? []
      : [{ ...unknown, isChanged: false, details: null, suspectStatus: null, problem: asFailure(error) }];
  }
}

/** All that is known of one stored object; null when its key is in none of the folders of backups. */
export async function describeBackup(
  store: ObjectStore,
  object: Omit<StoredObject, 'etag'>,
  options: ReadOptions,
): Promise<StoredBackup | null> {
  const facts = factsOf(object.metadata);
  const known = identify(object, facts, options);
  if (known === null) return null;
  const hasDetails = facts !== null && (facts.suspect !== null || facts.findings > 0);
  const details = hasDetails ? await readDetails(store, object.key, facts.snapshotSha256, options.signal) : null;
  const isChanged = object.changed ?? false;
  return { ...known, isChanged, details, suspectStatus: suspectStatusOf(facts, details), problem: null };
}

function identify({ key, bytes, modified }: ListedObject, facts: BackupFacts | null, options: ReadOptions) {
  const { zone, now, layout } = options;
  const location = locateKey(key, layout.kinds);
  if (location === null) return null;
  const database = databaseInKey(key, layout.kinds);
  const date = backupDateOf({ key, modified, facts }, zone, now(), layout.kinds);
  return { key, bytes, modified, ...location, database, facts, date };
}

function suspectStatusOf(facts: BackupFacts | null, details: BackupDetails | null): SuspectStatus | null {
  if (facts === null || facts.suspect === null) return null;
  if (details !== null && details.acceptedAt !== null) return 'accepted';
  return details !== null && details.disprovedBy !== null ? 'disproved' : 'open';
}
