import type { DatabaseStatus } from '../../backup/status/database-status.ts';
import type { Failure } from '../../runtime/errors.ts';
import { agePhrase, formatBytes, formatDuration } from '../../runtime/format.ts';
import type { SummaryPage } from './page-model.ts';

export type BackupLineInput =
  /** From the history: first of the database that the summary is about, then of the others. */
  | {
      readonly databases: readonly DatabaseStatus[];
      readonly now: Temporal.Instant;
      /** A backup older than this is too old: the longest gap of the schedule plus two hours. */
      readonly limitSeconds: number;
    }
  /** Why the history cannot be read. */
  | Failure;

const whatToDo = 'run `nightshift status` on the server';

/** The line about the backup that ends every summary. */
export function backupLine(history: BackupLineInput): SummaryPage['backup'] {
  if (history instanceof Error) {
    if (history.code === 'HISTORY_MISSING')
      return { ok: false, message: `No verified backup is recorded: ${whatToDo}.` };
    return { ok: false, message: `The state of the backups cannot be read (${history.code}): ${whatToDo}.` };
  }
  const [first, ...others] = history.databases;
  const own = first === undefined ? { ok: false, message: '' } : lineOf(first, history.now, history.limitSeconds);
  const bad = others.filter(({ ok }) => !ok);
  if (bad.length === 0) return own;
  const also = bad.map(({ name, health, problems }) => `${name}: ${problems[0] ?? health.reason}`).join('; ');
  const message = own.ok ? `${own.message} But the backup of ${also}: ${whatToDo}.` : `${own.message} Also ${also}.`;
  return { ok: false, message };
}

function lineOf(status: DatabaseStatus, now: Temporal.Instant, limitSeconds: number): SummaryPage['backup'] {
  const { ok, health, newestGood, problems } = status;
  const [problem] = problems;
  const why = problem === undefined ? '' : ` (${problem})`;
  if (newestGood === null) return { ok: false, message: `No verified backup is recorded${why}: ${whatToDo}.` };
  const size = newestGood.archiveBytes === null ? '' : `, ${formatBytes(newestGood.archiveBytes)}`;
  const verification =
    newestGood.verification === 'verified' ? 'read back and verified' : 'stored encrypted, its hash compared';
  const last = `${agePhrase(newestGood.startedAt, now, (age) => `${age} old`)}${size}, ${verification}`;
  if (ok) return { ok: true, message: `The last backup is ${last}.` };
  const late = health.healthy ? '' : `, over the limit of ${formatDuration(limitSeconds)}`;
  return { ok: false, message: `The last good backup is ${last}${late}${why}: ${whatToDo}.` };
}
