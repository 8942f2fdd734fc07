import { formatBytes, formatDuration } from '../../platform/format.ts';
import type { Run } from '../../platform/history.ts';
import type { Page } from '../page.ts';

export type BackupFacts = {
  /** As `History.newestGood` gives it; null when there is none. */
  readonly newestGood: Run | null;
  readonly now: Temporal.Instant;
  /** A backup older than this is too old: the longest gap of the schedule plus two hours. */
  readonly limitSeconds: number;
};

/** The line about the backup that ends every summary. */
export function backupLine({ newestGood, now, limitSeconds }: BackupFacts): Page['backup'] {
  if (newestGood === null) {
    return { ok: false, sentence: 'No proven backup yet: run `nightshift status` on the server.' };
  }
  const age = Math.max(0, (now.epochMilliseconds - newestGood.startedAt.epochMilliseconds) / 1000);
  const size = newestGood.archiveBytes === null ? '' : `, ${formatBytes(newestGood.archiveBytes)}`;
  const proof = newestGood.proof === 'proven' ? 'read back and proven' : 'stored encrypted, its hash compared';
  const last = `${formatDuration(age)} old${size}, ${proof}`;
  if (age <= limitSeconds) return { ok: true, sentence: `The last backup is ${last}.` };
  const late = `older than the ${formatDuration(limitSeconds)} it may be: run \`nightshift status\` on the server`;
  return { ok: false, sentence: `The last good backup is ${last}, ${late}.` };
}
