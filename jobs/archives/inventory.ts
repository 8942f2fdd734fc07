import type { Failure } from '../runtime/errors.ts';
import type { ObjectStore } from '../store/store.ts';
import { type ReadOptions, readBackups, type StoredBackup } from './backups.ts';
import { type Dating, datingOf } from './dating.ts';
import type { BackupFacts } from './metadata.ts';
import {
  type ArchiveEnding,
  detailsPrefixOf,
  parseDailyKey,
  parseDetailsKey,
  parseWeeklyKey,
  type Week,
  weeklyPrefix,
} from './names.ts';

/** One of a database's own daily backups. */
export type StoredDaily = Pick<StoredBackup, 'key' | 'bytes' | 'facts' | 'details' | 'dating' | 'standing'> & {
  readonly database: string;
  readonly ending: ArchiveEnding;
};
/** A daily backup of nightshift's own, so that its metadata is known. */
export type KnownDaily = StoredDaily & { readonly facts: BackupFacts };
export type DatedDaily = StoredDaily & { readonly dating: Dating & { kind: 'dated' } };
export type StoredWeekly = {
  readonly key: string;
  readonly bytes: number;
  readonly week: Week;
  readonly ending: ArchiveEnding;
  readonly dating: Dating;
};

/** What lies in the store for one database, newest first. Keys that are not exactly its own are left out. */
export type Inventory = {
  readonly dailies: readonly StoredDaily[];
  readonly weeklies: readonly StoredWeekly[];
  /** Keys of backups that have details beside them; some may be gone. */
  readonly withDetails: ReadonlySet<string>;
  /** Why the metadata of a daily could not be read: what is suspect is not known then, so nothing may be removed. */
  readonly problem: Failure | null;
};

/** Lists a database's backups, and reads what the metadata of its dailies says. Throws STORE_ failures. */
export async function inventoryOf(store: ObjectStore, database: string, options: ReadOptions): Promise<Inventory> {
  const [backups, weekly, details] = await Promise.all([
    readBackups(store, ['daily'], `${database}_`, options),
    store.list(`${weeklyPrefix}${database}_`, options.signal),
    store.list(detailsPrefixOf(database), options.signal),
  ]);
  const dailies = backups.flatMap((backup) => {
    const name = parseDailyKey(backup.key);
    if (name?.database !== database) return [];
    return [{ ...backup, database, ending: name.ending }];
  });
  const weeklies = weekly.flatMap(({ key, bytes, modified }) => {
    const name = parseWeeklyKey(key);
    if (name?.database !== database) return [];
    const dating = datingOf({ key, modified, facts: null }, options.zone, options.now());
    return [{ key, bytes, week: name.week, ending: name.ending, dating }];
  });
  const withDetails = details.flatMap(({ key }) => {
    const parsed = parseDetailsKey(key);
    return parsed?.database === database ? [parsed.key] : [];
  });
  return {
    dailies,
    weeklies: weeklies.toSorted((a, b) => b.week.localeCompare(a.week)),
    withDetails: new Set(withDetails),
    problem: backups.find(({ problem }) => problem !== null)?.problem ?? null,
  };
}

/** The inventory after one more daily backup, the newest. */
export function withDaily(inventory: Inventory, daily: StoredDaily): Inventory {
  return { ...inventory, dailies: [daily, ...inventory.dailies] };
}

/** Rows by table of a backup, from its metadata or from what is kept beside it; null when neither tells. */
export function knownTables({ facts, details }: StoredDaily): Readonly<Record<string, number>> | null {
  return facts?.tables ?? details?.tables ?? null;
}

/** Those whose date can be believed, newest first. */
export function datedOf(dailies: readonly StoredDaily[]): DatedDaily[] {
  return dailies.filter((daily): daily is DatedDaily => daily.dating.kind === 'dated');
}

/** Daily backups that are no suspects, or were accepted. */
export function isGood({ standing }: StoredDaily): boolean {
  return standing === null || standing === 'accepted';
}

/** Good daily backups with metadata, newest first: what a new snapshot is measured against. A disproved suspect is none. */
export function trustedOf(inventory: Inventory): (KnownDaily & DatedDaily)[] {
  return datedOf(inventory.dailies).filter(
    (daily): daily is KnownDaily & DatedDaily => daily.facts !== null && isGood(daily),
  );
}

/** Suspects that wait for a person: while there is one, nothing is pruned and no weekly is written. */
export function openSuspects({ dailies }: Inventory): StoredDaily[] {
  return dailies.filter(({ standing }) => standing === 'open');
}

/** Details of backups that are gone. */
export function orphanedDetails({ dailies, weeklies, withDetails }: Inventory): string[] {
  const there = new Set([...dailies, ...weeklies].map(({ key }) => key));
  return [...withDetails].filter((key) => !there.has(key));
}
