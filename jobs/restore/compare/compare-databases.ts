import { processEntry, runProcess, throwIfStopped } from '../../runtime/child-process.ts';
import { Failure } from '../../runtime/errors.ts';
import { formatCount } from '../../runtime/format.ts';
import type { Progress } from '../../runtime/progress.ts';
import { isBusy, lockedFailure, sourceFailure } from '../../sqlite/snapshot/source-failure.ts';
import { busyMs } from './busy.ts';
import type { CompareMessage, DatabaseDifference } from './difference.ts';

type CompareOptions = {
  /** How long rows may be read. */
  readonly limitSeconds: number;
  /** Rows by table of the backup, as far as they are known. */
  readonly rows: Readonly<Record<string, number>>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
};

/**
 * Compares a database with a backup of it, both files, in a child process that reads only. Throws what keeps the
 * database from being read (DATABASE_), AbortError when aborted.
 */
export async function compareDatabases(
  database: string,
  backup: string,
  { limitSeconds, rows, progress, signal }: CompareOptions,
): Promise<DatabaseDifference> {
  signal.throwIfAborted();
  const all = Object.values(rows).reduce((sum, count) => sum + count, 0);
  // Once through each side.
  const bar = progress.start('compare', all * 2, (count) => `${formatCount(count)} rows`);
  const entry = processEntry('compare-process', import.meta.url);
  const ended = await runProcess<CompareMessage>(
    entry,
    [database, backup, String(limitSeconds), JSON.stringify(rows)],
    {
      env: {},
      execArgv: [],
      output: 'ignore',
      signal,
      stopGraceMs: 0,
      onMessage: (sent) => {
        if (sent.kind === 'progress') bar.advanceTo(Math.min(sent.rows, all * 2));
      },
    },
  ).finally(() => bar.stop());
  signal.throwIfAborted();
  throwIfStopped(ended);
  const { message, exitCode, exitSignal } = ended;
  if (message?.kind === 'done') return onOneLine(message.difference);
  if (message?.kind === 'failed') throw await unreadFailure(database, message);
  throw new Failure(
    'DATABASE_UNREADABLE',
    `${database} was not compared with the backup: the process that compares them died (${exitSignal ?? exitCode}).`,
    'SIGKILL is usually memory: `dmesg`. Nothing was stopped or changed; `nightshift restore NAME --to FILE` writes the backup elsewhere to look at.',
  );
}

/** What SQLite's error about the database means to a person. */
async function unreadFailure(database: string, failed: CompareMessage & { kind: 'failed' }): Promise<unknown> {
  const error = Object.assign(new Error(failed.message), failed.code === null ? {} : { code: failed.code });
  return isBusy(error) ? lockedFailure(database, busyMs, error) : sourceFailure(database, error);
}

/** A name or a key with a line break must not look like a line of the report. */
function onOneLine(difference: DatabaseDifference): DatabaseDifference {
  const breaks = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  const visible = (text: string) => Object.entries(breaks).reduce((all, [from, to]) => all.replaceAll(from, to), text);
  return JSON.parse(JSON.stringify(difference), (_, value) => (typeof value === 'string' ? visible(value) : value));
}
