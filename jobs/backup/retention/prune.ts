import { isBelieved } from '../../archives/dating.ts';
import { removeBackup } from '../../archives/details.ts';
import { datedOf, type Inventory } from '../../archives/inventory.ts';
import type { BackupSettings } from '../../settings/settings.ts';
import type { ObjectStore } from '../../store/store.ts';
import { dailyRetention, misdatedVerdicts, type Verdict, weeklyRetention } from './retention.ts';

type Rule = {
  readonly retention: BackupSettings['retention'];
  /** The newest verified daily, if one is known. */
  readonly lastGood: string | null;
  /** IANA zone of the days. */
  readonly zone: string;
};

/** What retention says of every daily and weekly backup of one database, newest first; misdated ones last. */
export function pruneVerdicts({ dailies, weeklies }: Inventory, { retention, lastGood, zone }: Rule): Verdict[] {
  const datedWeeklies = weeklies.filter(({ dating }) => isBelieved(dating));
  return [
    ...dailyRetention(datedOf(dailies), { limit: retention.daily, lastGood, zone }),
    ...weeklyRetention(datedWeeklies, retention.weekly),
    ...misdatedVerdicts([...dailies, ...weeklies]),
  ];
}

/** `remove sqlite-backups/daily/csv_data_2025-11-09_020000.db.gz (over 20, and the oldest)`. */
export function verdictText({ key, keep, reason }: Verdict): string {
  return `${keep ? 'keep  ' : 'remove'} ${key} (${reason})`;
}

export async function removeVerdicts(store: ObjectStore, verdicts: readonly Verdict[], signal: AbortSignal) {
  for (const { key } of verdicts.filter(({ keep }) => !keep)) await removeBackup(store, key, signal);
}
