import type { Settings } from '../../platform/settings.ts';
import type { ObjectStore } from '../../platform/store/store.ts';
import type { Inventory } from './inventory.ts';
import { dailyRetention, type Verdict, weeklyRetention } from './retention.ts';

/** What retention says of every daily and weekly backup of one database, newest first. */
export function pruneVerdicts(
  { dailies, weeklies }: Inventory,
  retention: Settings['retention'],
  lastGood: string | null,
): Verdict[] {
  return [...dailyRetention(dailies, retention.daily, lastGood), ...weeklyRetention(weeklies, retention.weekly)];
}

/** `remove sqlite-backups/daily/csv_data_2025-11-09_020000.db.gz (over 20, and the oldest)`. */
export function verdictText({ key, keep, reason }: Verdict): string {
  return `${keep ? 'keep  ' : 'remove'} ${key} (${reason})`;
}

export async function removeVerdicts(store: ObjectStore, verdicts: readonly Verdict[], signal: AbortSignal) {
  for (const { key } of verdicts.filter(({ keep }) => !keep)) await store.remove(key, signal);
}
