import { type ChildResult, processEntry, runProcess, throwIfStopped } from '../../runtime/child-process.ts';
import { Failure } from '../../runtime/errors.ts';
import { plural } from '../../runtime/format.ts';
import type { DatabaseContents } from '../contents.ts';

/** What a database holds whose pages and indexes are sound. */
export type CheckedContents = DatabaseContents & {
  /**
   * Rows that break the schema's own rules, each kind with its number of rows: the application's matter, and no damage. The
   * first 20 kinds.
   */
  readonly findings: readonly string[];
  /** How many kinds of findings there are, listed or not. */
  readonly findingKinds: number;
};

/** What the child process sends. */
export type IntegrityResult =
  | { readonly kind: 'sound'; readonly contents: CheckedContents }
  | { readonly kind: 'damaged'; readonly problems: readonly string[]; readonly mayBeMore: boolean }
  | { readonly kind: 'failed'; readonly message: string };

const maxReported = 3;

type IntegrityOptions = {
  /** What the copy is, for a person who does not know its path; without it the path. */
  readonly name?: string;
  readonly signal: AbortSignal;
};

/**
 * Checks a private copy with `PRAGMA integrity_check` in a child process and returns what it holds, with the rows that break
 * the schema's own rules. Throws DATABASE_CORRUPT with the first problems, INTEGRITY_CHECK_DIED when the child ended
 * without a result, INTERRUPTED or AbortError when that was a request to stop.
 */
export async function checkIntegrity(
  file: string,
  { name = file, signal }: IntegrityOptions,
): Promise<CheckedContents> {
  signal.throwIfAborted();
  const result = await runProcess<IntegrityResult>(processEntry('integrity-process', import.meta.url), [file], {
    env: {},
    execArgv: ['--max-semi-space-size=1'],
    output: 'capture',
    signal,
    stopGraceMs: 0,
  });
  signal.throwIfAborted();
  throwIfStopped(result);
  return contentsOf(name, result);
}

function contentsOf(name: string, result: ChildResult<IntegrityResult>): CheckedContents {
  const { message: found, exitCode, exitSignal, stderr } = result;
  if (found?.kind === 'sound') return found.contents;
  if (found?.kind === 'damaged') throw corruptFailure(name, found);
  const how = found?.message ?? (exitSignal === null ? `exit code ${exitCode}` : `killed by ${exitSignal}`);
  throw new Failure(
    'INTEGRITY_CHECK_DIED',
    `The integrity check of ${name} ended without a result: ${how}.`,
    exitSignal === 'SIGKILL'
      ? 'Most likely memory ran out: give the container 64 MiB more.'
      : 'Check the disk of the staging folder, then run it again.',
    stderr === '' ? undefined : new Error(stderr.trim()),
  );
}

function corruptFailure(name: string, { problems, mayBeMore }: IntegrityResult & { kind: 'damaged' }): Failure {
  const listed = problems.slice(0, maxReported).join('; ');
  const more = problems.length > maxReported ? `; and ${problems.length - maxReported} more` : '';
  const atLeast = mayBeMore ? 'at least ' : '';
  return new Failure(
    'DATABASE_CORRUPT',
    `The integrity check of ${name} found ${atLeast}${plural(problems.length, 'problem')}: ${listed}${more}.`,
    'If a second run finds the same, the database it was copied from is damaged: stop its writers, keep a copy of all its files, then restore the newest good backup (`nightshift list`) or salvage it with `sqlite3 FILE .recover`. If a second run finds something else or nothing, suspect the disk of STAGING_DIR or the memory of this host.',
  );
}
