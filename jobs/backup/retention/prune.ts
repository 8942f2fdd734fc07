import { isPlausible } from '../../archives/backup-date.ts';
import { removeBackup } from '../../archives/backup-details.ts';
import type { RetentionLimits } from '../../archives/backup-kinds.ts';
import { datedOf, type Inventory } from '../../archives/inventory.ts';
import type { ObjectStore } from '../../store/store.ts';
import {
  changedDecisions,
  dailyRetention,
  misdatedDecisions,
  periodRetention,
  type RetentionDecision,
} from './retention.ts';

type RetentionOptions = {
  readonly retention: RetentionLimits;
  /** The newest verified daily, if one is known. */
  readonly lastGood: string | null;
  /** IANA zone of the days. */
  readonly zone: string;
};

/** What retention decides for every backup of one database, kind after kind, newest first; changed and misdated ones last. */
export function retentionDecisions(
  { dailies, periodBackups }: Inventory,
  { retention, lastGood, zone }: RetentionOptions,
): RetentionDecision[] {
  const plausible = Map.groupBy(
    periodBackups.filter(({ date }) => isPlausible(date)),
    ({ kind }) => kind,
  );
  const dated = datedOf(dailies);
  const unchanged = dated.filter(({ isChanged }) => !isChanged);
  return [
    ...dailyRetention(unchanged, { limit: retention.daily, lastGood, zone }),
    ...[...plausible].flatMap(([kind, ofKind]) => periodRetention(kind, ofKind, retention[kind.name] ?? null)),
    ...changedDecisions(dated),
    ...misdatedDecisions([...dailies, ...periodBackups]),
  ];
}

/** `remove sqlite-backups/daily/csv_data_2025-11-09_020000.db.gz (over 20, and the oldest)`. */
export function decisionText({ key, keep, reason }: RetentionDecision): string {
  return `${keep ? 'keep  ' : 'remove'} ${key} (${reason})`;
}

export async function removeDecided(store: ObjectStore, decisions: readonly RetentionDecision[], signal: AbortSignal) {
  for (const { key } of decisions.filter(({ keep }) => !keep)) await removeBackup(store, key, signal);
}
