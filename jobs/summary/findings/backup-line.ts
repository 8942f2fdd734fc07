import type { DatabaseStatus } from '../../backup/status/database-status.ts';
import type { Failure } from '../../runtime/errors.ts';
import { durationSince, formatBytes, formatDuration } from '../../runtime/format.ts';
import type { Page } from '../page.ts';

export type BackupFacts =
  /** What the history says: first of the database that the summary is about, then of the others. */
  | {
      readonly databases: readonly DatabaseStatus[];
      readonly now: Temporal.Instant;
      /** A backup older than this is too old: the longest gap of the schedule plus two hours. */
      readonly limitSeconds: number;
    }
  /** Why the history cannot be read. */
  | Failure;

const look = 'run `nightshift status` on the server';

/** The line about the backup that ends every summary. */
export function backupLine(facts: BackupFacts): Page['backup'] {
  if (facts instanceof Error) {
    if (facts.code === 'HISTORY_MISSING') return { ok: false, message: `No proven backup yet: ${look}.` };
    return { ok: false, message: `Whether backups are made cannot be seen (${facts.code}): ${look}.` };
  }
  const [first, ...others] = facts.databases;
  const own = first === undefined ? { ok: false, message: '' } : lineOf(first, facts.now, facts.limitSeconds);
  const bad = others.filter(({ ok }) => !ok);
  if (bad.length === 0) return own;
  const also = bad.map(({ name, health, wrongs }) => `${name}: ${wrongs[0] ?? health.reason}`).join('; ');
  const message = own.ok ? `${own.message} But the backup of ${also}: ${look}.` : `${own.message} Also ${also}.`;
  return { ok: false, message };
}

function lineOf(status: DatabaseStatus, now: Temporal.Instant, limitSeconds: number): Page['backup'] {
  const { ok, health, newestGood, wrongs } = status;
  const [wrong] = wrongs;
  const why = wrong === undefined ? '' : ` (${wrong})`;
  if (newestGood === null) return { ok: false, message: `No proven backup yet${why}: ${look}.` };
  const size = newestGood.archiveBytes === null ? '' : `, ${formatBytes(newestGood.archiveBytes)}`;
  const proof = newestGood.proof === 'proven' ? 'read back and proven' : 'stored encrypted, its hash compared';
  const last = `${durationSince(newestGood.startedAt, now)} old${size}, ${proof}`;
  if (ok) return { ok: true, message: `The last backup is ${last}.` };
  const late = health.healthy ? '' : `, older than the ${formatDuration(limitSeconds)} it may be`;
  return { ok: false, message: `The last good backup is ${last}${late}${why}: ${look}.` };
}
