import { isBelieved } from '../../archives/backup-date.ts';
import { removeBackup } from '../../archives/backup-details.ts';
import { datedOf, type Inventory } from '../../archives/inventory.ts';
import { daily, type RetentionLimits } from '../../archives/kinds.ts';
import type { ObjectStore } from '../../store/store.ts';
import { copyRetention, dailyRetention, misdatedVerdicts, type Verdict } from './retention.ts';

type Rule = {
  readonly retention: RetentionLimits;
  /** The newest verified daily, if one is known. */
  readonly lastGood: string | null;
  /** IANA zone of the days. */
  readonly zone: string;
};

/** What retention says of every backup of one database, kind after kind, newest first; misdated ones last. */
export function pruneVerdicts({ dailies, copies }: Inventory, { retention, lastGood, zone }: Rule): Verdict[] {
  const believed = Map.groupBy(
    copies.filter(({ dating }) => isBelieved(dating)),
    ({ kind }) => kind,
  );
  const limitOf = ({ name }: { readonly name: string }) => retention[name] ?? null;
  return [
    ...dailyRetention(datedOf(dailies), { limit: limitOf(daily) ?? Number.POSITIVE_INFINITY, lastGood, zone }),
    ...[...believed].flatMap(([kind, ofKind]) => copyRetention(kind, ofKind, limitOf(kind))),
    ...misdatedVerdicts([...dailies, ...copies]),
  ];
}

/** `remove sqlite-backups/daily/csv_data_2025-11-09_020000.db.gz (over 20, and the oldest)`. */
export function verdictText({ key, keep, reason }: Verdict): string {
  return `${keep ? 'keep  ' : 'remove'} ${key} (${reason})`;
}

export async function removeVerdicts(store: ObjectStore, verdicts: readonly Verdict[], signal: AbortSignal) {
  for (const { key } of verdicts.filter(({ keep }) => !keep)) await removeBackup(store, key, signal);
}
