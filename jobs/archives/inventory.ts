import type { Failure } from '../runtime/errors.ts';
import type { ObjectStore } from '../store/store.ts';
import { type BackupDate, backupDateOf } from './backup-date.ts';
import { type PeriodKind, periodKindsOf } from './backup-kinds.ts';
import type { BackupFacts } from './metadata.ts';
import { type ArchiveEnding, detailsPrefixOf, parseDailyKey, parseDetailsKey, parsePeriodKey } from './names.ts';
import { type ReadOptions, readBackups, type StoredBackup } from './stored-backups.ts';

/** One of a database's own daily backups. */
export type StoredDaily = Pick<
  StoredBackup,
  'key' | 'bytes' | 'facts' | 'isChanged' | 'details' | 'date' | 'suspectStatus'
> & {
  readonly database: string;
  readonly ending: ArchiveEnding;
};
/** A daily backup of nightshift's own, so that its metadata is known. */
export type KnownDaily = StoredDaily & { readonly facts: BackupFacts };
export type DatedDaily = StoredDaily & { readonly date: BackupDate & { kind: 'dated' } };
/** A database's backup of a period: a weekly. */
export type PeriodBackup = {
  readonly kind: PeriodKind;
  readonly key: string;
  readonly bytes: number;
  readonly period: string;
  readonly ending: ArchiveEnding;
  readonly date: BackupDate;
};

/** What the store has for one database, newest first. Keys that are not exactly its own are left out. */
export type Inventory = {
  readonly dailies: readonly StoredDaily[];
  /** Of every kind that is copied from dailies, kind after kind. */
  readonly periodBackups: readonly PeriodBackup[];
  /** Keys of backups that have details beside them; some may be gone. */
  readonly withDetails: ReadonlySet<string>;
  /** Why the metadata of a daily could not be read: what is suspect is not known then, so nothing may be removed. */
  readonly problem: Failure | null;
};

/** Lists a database's backups, and reads what the metadata of its dailies says. Throws STORE_ failures. */
export async function inventoryOf(store: ObjectStore, database: string, options: ReadOptions): Promise<Inventory> {
  const { layout, signal } = options;
  const [backups, periodBackups, details] = await Promise.all([
    readBackups(store, [layout.daily], `${database}_`, options),
    Promise.all(periodKindsOf(layout.kinds).map((kind) => listPeriodBackups(store, database, kind, options))),
    store.list(detailsPrefixOf(layout, database), signal),
  ]);
  const dailies = backups.flatMap((backup) => {
    const name = parseDailyKey(layout.daily, backup.key);
    if (name?.database !== database) return [];
    return [{ ...backup, database, ending: name.ending }];
  });
  const withDetails = details.flatMap(({ key }) => {
    const parsed = parseDetailsKey(layout, key);
    return parsed?.database === database ? [parsed.key] : [];
  });
  return {
    dailies,
    periodBackups: periodBackups.flat(),
    withDetails: new Set(withDetails),
    problem: backups.find(({ problem }) => problem !== null)?.problem ?? null,
  };
}

/** A database's backups of one period kind, the newest period first. */
async function listPeriodBackups(
  store: ObjectStore,
  database: string,
  kind: PeriodKind,
  { zone, now, layout, signal }: ReadOptions,
): Promise<PeriodBackup[]> {
  const objects = await store.list(`${kind.prefix}${database}_`, signal);
  const backups = objects.flatMap(({ key, bytes, modified }) => {
    const name = parsePeriodKey(kind, key);
    if (name?.database !== database) return [];
    const date = backupDateOf({ key, modified, facts: null }, zone, now(), layout.kinds);
    return [{ kind, key, bytes, period: name.period, ending: name.ending, date }];
  });
  return backups.toSorted(newestPeriodFirst);
}

/** The newest period first. */
export function newestPeriodFirst(a: PeriodBackup, b: PeriodBackup): number {
  return b.period.localeCompare(a.period);
}

/** The inventory after one more daily backup, the newest. */
export function withDaily(inventory: Inventory, newest: StoredDaily): Inventory {
  return { ...inventory, dailies: [newest, ...inventory.dailies] };
}

/** Rows by table of a backup, from its metadata or from what is kept beside it; null when neither has them. */
export function knownTables({ facts, details }: StoredDaily): Readonly<Record<string, number>> | null {
  return facts?.tables ?? details?.tables ?? null;
}

/** Those with a plausible date, newest first. */
export function datedOf(dailies: readonly StoredDaily[]): DatedDaily[] {
  return dailies.filter((one): one is DatedDaily => one.date.kind === 'dated');
}

/** Daily backups that are what was stored, and are no suspects, or were accepted. */
export function isGood({ isChanged, suspectStatus }: StoredDaily): boolean {
  return !isChanged && (suspectStatus === null || suspectStatus === 'accepted');
}

/** Good daily backups with metadata, newest first: what a new snapshot is measured against. A disproved suspect is none. */
export function trustedOf(inventory: Inventory): (KnownDaily & DatedDaily)[] {
  return datedOf(inventory.dailies).filter((one): one is KnownDaily & DatedDaily => one.facts !== null && isGood(one));
}

/** Suspects that wait for a person: while there is one, nothing is pruned and no backup of a period is made. */
export function openSuspects({ dailies }: Inventory): StoredDaily[] {
  return dailies.filter(({ suspectStatus }) => suspectStatus === 'open');
}

/** Details of backups that are gone. */
export function orphanedDetails({ dailies, periodBackups, withDetails }: Inventory): string[] {
  const there = new Set([...dailies, ...periodBackups].map(({ key }) => key));
  return [...withDetails].filter((key) => !there.has(key));
}
