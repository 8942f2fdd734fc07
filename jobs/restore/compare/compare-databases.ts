import { processEntry, runProcess, throwIfStopped } from '../../runtime/child-process.ts';
import { Failure } from '../../runtime/errors.ts';
import { formatCount } from '../../runtime/format.ts';
import type { Progress } from '../../runtime/progress.ts';
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
 * Compares a database with a backup of it, both files, in a child process that reads only. Throws DATABASE_UNREADABLE,
 * AbortError when aborted.
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
  const { message, exitSignal } = ended;
  if (message?.kind === 'done') return message.difference;
  const died =
    exitSignal === null ? 'the process that compares them died' : `the process that compares them: ${exitSignal}`;
  throw new Failure(
    'DATABASE_UNREADABLE',
    `${database} cannot be compared with the backup: ${message?.kind === 'failed' ? message.message : died}.`,
    'Run it as root or as the owner of the database. Nothing was stopped or changed; `nightshift restore NAME --to FILE` writes the backup elsewhere to look at.',
  );
}
