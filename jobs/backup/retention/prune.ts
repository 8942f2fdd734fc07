import { isPlausible } from '../../archives/backup-date.ts';
import { removeBackup } from '../../archives/backup-details.ts';
import { type PeriodKind, type RetentionLimits, runRungs } from '../../archives/backup-kinds.ts';
import { type DatedDaily, datedOf, type Inventory, isGood } from '../../archives/inventory.ts';
import type { ReadOnlyHistory } from '../../monitoring/history/history.ts';
import type { ObjectStore } from '../../store/store.ts';
import { type LimitedRung, ladderRetention } from './ladder.ts';
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
  /** Keys of those that did not verify when they were last read back. */
  readonly damaged: ReadonlySet<string>;
  /** IANA zone of the hours and days. */
  readonly zone: string;
};

/** What retention decides for every backup of one database, kind after kind, newest first; changed and misdated ones last. */
export function retentionDecisions(
  { dailies, periodBackups }: Inventory,
  options: RetentionOptions,
): RetentionDecision[] {
  const { retention } = options;
  const plausible = Map.groupBy(
    periodBackups.filter(({ date }) => isPlausible(date)),
    ({ kind }) => kind,
  );
  const dated = datedOf(dailies);
  const unchanged = dated.filter(({ isChanged }) => !isChanged);
  return [
    ...ofRuns(unchanged, options),
    ...[...plausible].flatMap(([kind, ofKind]) => periodRetention(kind, ofKind, limitOf(kind, retention))),
    ...changedDecisions(dated),
    ...misdatedDecisions([...dailies, ...periodBackups]),
  ];
}

/** The newest so many; with hours to keep, the newest of each of so many hours and days. */
function ofRuns(dailies: readonly DatedDaily[], { retention, lastGood, damaged, zone }: RetentionOptions) {
  if (retention.hourly === 0) return dailyRetention(dailies, { limit: retention.daily, lastGood, zone });
  const { rungs, newestFirst } = ladderOf(dailies, { retention, damaged });
  return ladderRetention(newestFirst, { rungs, lastGood, zone });
}

/** The rungs of what runs store, and which of it is good; `dailies` newest first. */
export function ladderOf(
  dailies: readonly DatedDaily[],
  { retention, damaged }: Pick<RetentionOptions, 'retention' | 'damaged'>,
) {
  const newestFirst = dailies.map((daily) => ({ ...daily, isGood: isGood(daily) && !damaged.has(daily.key) }));
  return { rungs: limitedRungs(retention), newestFirst };
}

/** The rungs of what runs store that are set, the shortest period first. */
export function limitedRungs(retention: RetentionLimits): LimitedRung[] {
  return runRungs.map((rung) => ({ ...rung, limit: retention[rung.name] })).filter(({ limit }) => limit > 0);
}

/** How many of a kind are kept: null for all, 0: there is no such rung. */
export function limitOf({ name }: PeriodKind, retention: RetentionLimits): number | null {
  return retention[name] ?? null;
}

/** Keys that the history of this host knows to be damaged. */
export function knownDamaged(history: Pick<ReadOnlyHistory, 'lastVerifications'> | null): ReadonlySet<string> {
  const known = [...(history?.lastVerifications() ?? [])];
  return new Set(known.flatMap(([key, { result }]) => (result === 'failed' ? [key] : [])));
}

/** `remove sqlite-backups/daily/csv_data_2025-11-09_020000.db.gz (over 20, and the oldest)`. */
export function decisionText({ key, keep, reason }: RetentionDecision): string {
  return `${keep ? 'keep  ' : 'remove'} ${key} (${reason})`;
}

export async function removeDecided(store: ObjectStore, decisions: readonly RetentionDecision[], signal: AbortSignal) {
  for (const { key } of decisions.filter(({ keep }) => !keep)) await removeBackup(store, key, signal);
}
