import { type BackupKind, periodKindsOf, type RetentionLimits } from '../../archives/backup-kinds.ts';
import { datedOf, type Inventory } from '../../archives/inventory.ts';
import type { StoreListing } from '../../monitoring/history/history.ts';
import { newestOfPeriods } from './ladder.ts';
import { ladderOf } from './prune.ts';

type StoredByRungOptions = {
  readonly kinds: readonly BackupKind[];
  readonly retention: RetentionLimits;
  /** Keys of those that did not verify when they were last read back. */
  readonly damaged: ReadonlySet<string>;
  /** IANA zone of the hours and days. */
  readonly zone: string;
};

/**
 * How much of a database lies in the store for each rung, the shortest period first: archives, without what is kept beside them.
 * What stands for an hour and for no day counts as hourly, all else that runs stored as daily. Rungs without a backup are left out.
 */
export function storedByRung(inventory: Inventory, options: StoredByRungOptions): StoreListing['rungs'] {
  const hourly = hourlyKeys(inventory, options);
  const byRung = Map.groupBy(
    [
      ...inventory.dailies.map(({ key, bytes }) => ({ rung: hourly.has(key) ? 'hourly' : 'daily', bytes })),
      ...inventory.periodBackups.map(({ kind, bytes }) => ({ rung: kind.name, bytes })),
    ],
    ({ rung }) => rung,
  );
  const rungs = ['hourly', 'daily', ...periodKindsOf(options.kinds).map(({ name }) => name)];
  return rungs.flatMap((rung) => {
    const stored = byRung.get(rung) ?? [];
    const bytes = stored.reduce((sum, one) => sum + one.bytes, 0);
    return stored.length === 0 ? [] : [{ rung, backups: stored.length, bytes }];
  });
}

/** What stands for an hour and for no day. */
function hourlyKeys({ dailies }: Inventory, { retention, damaged, zone }: StoredByRungOptions): ReadonlySet<string> {
  const { rungs, newestFirst } = ladderOf(datedOf(dailies), { retention, damaged });
  const [hours, days] = rungs;
  if (hours === undefined || days === undefined) return new Set();
  const keysOf = (rung: typeof hours) => [...newestOfPeriods(newestFirst, rung, zone).values()].map(({ key }) => key);
  return new Set(keysOf(hours)).difference(new Set(keysOf(days)));
}
