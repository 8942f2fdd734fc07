import { isPlausible } from '../../archives/backup-date.ts';
import { removeBackup } from '../../archives/backup-details.ts';
import { damagedKeys, datedOf, type Inventory } from '../../archives/inventory.ts';
import type { RetentionLimits } from '../../archives/kinds.ts';
import type { KnownVerification } from '../../monitoring/history/history.ts';
import type { ObjectStore } from '../../store/store.ts';
import {
  copyRetention,
  dailyRetention,
  damagedDecisions,
  misdatedDecisions,
  type RetentionDecision,
} from './retention.ts';

type RetentionOptions = {
  readonly retention: RetentionLimits;
  /** The newest verified daily, if one is known. */
  readonly lastGood: string | null;
  /** What the history knows of objects that were read back. */
  readonly verifications: ReadonlyMap<string, KnownVerification>;
  /** IANA zone of the days. */
  readonly zone: string;
};

/** What retention decides for every backup of one database, kind after kind, newest first; damaged and misdated ones last. */
export function retentionDecisions(
  inventory: Inventory,
  { retention, lastGood, verifications, zone }: RetentionOptions,
): RetentionDecision[] {
  const { dailies, copies } = inventory;
  const damaged = damagedKeys(inventory, verifications);
  const isSound = ({ key }: { readonly key: string }) => !damaged.has(key);
  const plausible = Map.groupBy(
    copies.filter((copy) => isPlausible(copy.date) && isSound(copy)),
    ({ kind }) => kind,
  );
  const [sound, unsound] = [datedOf(dailies).filter(isSound), datedOf(dailies).filter((one) => !isSound(one))];
  const decisions = dailyRetention(sound, { limit: retention.daily, lastGood, zone });
  const keptKeys = new Set(decisions.filter(({ keep }) => keep).map(({ key }) => key));
  const kept = sound.filter(({ key }) => keptKeys.has(key));
  return [
    ...decisions,
    ...[...plausible].flatMap(([kind, ofKind]) => copyRetention(kind, ofKind, retention[kind.name] ?? null)),
    ...damagedDecisions(unsound, kept, retention.daily),
    ...misdatedDecisions([...dailies, ...copies]),
  ];
}

/** `remove sqlite-backups/daily/csv_data_2025-11-09_020000.db.gz (over 20, and the oldest)`. */
export function decisionText({ key, keep, reason }: RetentionDecision): string {
  return `${keep ? 'keep  ' : 'remove'} ${key} (${reason})`;
}

export async function removeDecided(store: ObjectStore, decisions: readonly RetentionDecision[], signal: AbortSignal) {
  for (const { key } of decisions.filter(({ keep }) => !keep)) await removeBackup(store, key, signal);
}
