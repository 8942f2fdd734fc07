import type { ListedObject, ObjectStore } from '../../platform/store/store.ts';
import { type BackupFacts, factsOf } from './metadata.ts';
import { type DailyName, dailyPrefix, parseDailyKey, parseWeeklyKey, type WeeklyName, weeklyPrefix } from './names.ts';

/** One of a database's own daily backups. `facts` is null for those of the old shell script. */
export type StoredDaily = Pick<ListedObject, 'key' | 'bytes'> & DailyName & { readonly facts: BackupFacts | null };
/** A daily backup of nightshift's own, so that its metadata is known. */
export type KnownDaily = StoredDaily & { readonly facts: BackupFacts };
export type StoredWeekly = Pick<ListedObject, 'key' | 'bytes'> & WeeklyName;

/** What lies in the store for one database, newest first. Keys that are not exactly its own are left out. */
export type Inventory = {
  readonly dailies: readonly StoredDaily[];
  readonly weeklies: readonly StoredWeekly[];
};

const headsAtOnce = 8;

/** Lists a database's backups, and reads what the metadata of its dailies says. */
export async function inventoryOf(store: ObjectStore, database: string, signal: AbortSignal): Promise<Inventory> {
  const [daily, weekly] = await Promise.all([
    store.list(`${dailyPrefix}${database}_`, signal),
    store.list(`${weeklyPrefix}${database}_`, signal),
  ]);
  const named = daily.flatMap(({ key, bytes }) => {
    const name = parseDailyKey(key);
    return name?.database === database ? [{ key, bytes, ...name }] : [];
  });
  const weeklies = weekly.flatMap(({ key, bytes }) => {
    const name = parseWeeklyKey(key);
    return name?.database === database ? [{ key, bytes, ...name }] : [];
  });
  const dailies = await inGroups(named, headsAtOnce, async (object): Promise<StoredDaily> => {
    const head = await store.head(object.key, signal);
    return { ...object, facts: head === null ? null : factsOf(head.metadata) };
  });
  return {
    dailies: dailies.toSorted(newestFirst),
    weeklies: weeklies.toSorted((a, b) => b.week.localeCompare(a.week)),
  };
}

/** The inventory after one more daily backup. */
export function withDaily({ dailies, weeklies }: Inventory, daily: StoredDaily): Inventory {
  return { dailies: [daily, ...dailies].toSorted(newestFirst), weeklies };
}

/** The newest daily backup that is no open suspect: what a new snapshot is measured against. */
export function newestTrusted({ dailies }: Inventory, accepted: ReadonlySet<string>): KnownDaily | null {
  return dailies.find((daily): daily is KnownDaily => daily.facts !== null && !isOpenSuspect(daily, accepted)) ?? null;
}

/** Suspect daily backups that no person has accepted: while there is one, nothing is pruned and no weekly is written. */
export function openSuspects({ dailies }: Inventory, accepted: ReadonlySet<string>): StoredDaily[] {
  return dailies.filter((daily) => isOpenSuspect(daily, accepted));
}

function isOpenSuspect({ key, facts }: StoredDaily, accepted: ReadonlySet<string>): boolean {
  return facts !== null && facts.suspect !== null && !accepted.has(key);
}

function newestFirst(a: StoredDaily, b: StoredDaily): number {
  return Temporal.PlainDateTime.compare(b.at, a.at) || b.key.localeCompare(a.key);
}

async function inGroups<T, U>(items: readonly T[], size: number, work: (item: T) => Promise<U>): Promise<U[]> {
  const results: U[] = [];
  for (let start = 0; start < items.length; start += size) {
    results.push(...(await Promise.all(items.slice(start, start + size).map(work))));
  }
  return results;
}
