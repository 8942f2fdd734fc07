import type { BackupDate } from '../../archives/backup-date.ts';
import type { LastVerification } from '../../monitoring/history/history.ts';

type BackupWithDate = { readonly key: string; readonly date: BackupDate };
type Known = ReadonlyMap<string, LastVerification>;

/** One that was read back so lately is not old; nor is another due before so much time has passed. */
const restHours = 20;

/** The least recently verified first: never, by what this host knows, before all others, and of those the oldest. */
export function leastRecentlyVerified<B extends BackupWithDate>(backups: readonly B[], known: Known): B[] {
  return leastRecent(backups, new Map([...known].map(([key, { at }]) => [key, at])));
}

function leastRecent<B extends BackupWithDate>(
  backups: readonly B[],
  lookedAt: ReadonlyMap<string, Temporal.Instant>,
): B[] {
  const verifiedAt = ({ key }: B) => lookedAt.get(key)?.epochMilliseconds ?? Number.NEGATIVE_INFINITY;
  const compare = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);
  return backups.toSorted((a, b) => compare(verifiedAt(a), verifiedAt(b)) || compare(takenAt(a), takenAt(b)));
}

type OldBackupDueOptions = {
  readonly known: Known;
  /** When those that could not be verified were last tried: each waits for its turn again, so that it keeps no other waiting. */
  readonly tried: ReadonlyMap<string, Temporal.Instant>;
  readonly now: Temporal.Instant;
  /** The most that may be read. */
  readonly budgetBytes: number;
};

/** The old backup to verify next, and how many old ones the budget leaves out; null when none is old enough. */
export function oldBackupDue<B extends BackupWithDate & { readonly bytes: number }>(
  backups: readonly B[],
  { known, tried, now, budgetBytes }: OldBackupDueOptions,
): { readonly due: B | null; readonly overBudget: number } {
  const lookedAt = new Map([...known].map(([key, { at }]) => [key, at]));
  for (const [key, at] of tried) {
    const before = lookedAt.get(key);
    if (before === undefined || Temporal.Instant.compare(before, at) < 0) lookedAt.set(key, at);
  }
  const old = backups.filter(({ key }) => isRested(lookedAt.get(key) ?? null, now));
  const fitting = leastRecent(old, lookedAt).filter(({ bytes }) => bytes <= budgetBytes);
  return { due: fitting[0] ?? null, overBudget: old.length - fitting.length };
}

/** Whether the last time is long enough ago. A time after now is a clock's mistake, and counts as long ago. */
export function isRested(last: Temporal.Instant | null, now: Temporal.Instant): boolean {
  if (last === null) return true;
  const hours = now.since(last).total('hours');
  return hours >= restHours || hours < 0;
}

function takenAt({ date }: BackupWithDate): number {
  return (date.kind === 'dated' ? date.takenAt : date.storedAt).epochMilliseconds;
}
