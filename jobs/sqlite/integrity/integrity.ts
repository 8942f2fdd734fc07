import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { Failure } from '../../runtime/errors.ts';
import { plural } from '../../runtime/format.ts';
import type { Contents } from '../contents.ts';

export type { Contents };

/** What a database holds whose pages and indexes are sound. */
export type CheckedContents = Contents & {
  /**
   * Rows that break the schema's own rules, each kind with its number of rows: the application's matter, and no damage. The
   * first 20 kinds.
   */
  readonly findings: readonly string[];
  /** How many kinds of findings there are, told or not. */
  readonly findingKinds: number;
};

/** What the child says, once. */
export type Answer =
  | { readonly kind: 'sound'; readonly contents: CheckedContents }
  | { readonly kind: 'damaged'; readonly problems: readonly string[]; readonly mayBeMore: boolean }
  | { readonly kind: 'failed'; readonly message: string };

type Ending = { answer: Answer | null; code: number | null; signal: NodeJS.Signals | null; stderr: string };

const problemsTold = 3;
const stderrKept = 2000;

/**
 * Checks a private copy with `PRAGMA integrity_check` in a child process and returns what it holds, with the rows that break
 * the schema's own rules. Throws DATABASE_CORRUPT with the first problems, INTEGRITY_CHECK_DIED when the child ended
 * without an answer, AbortError when aborted.
 */
export async function checkIntegrity(file: string, { signal }: { signal: AbortSignal }): Promise<CheckedContents> {
  signal.throwIfAborted();
  const child = fork(childEntry(), [file], {
    env: {}, // the parent's holds secrets and NODE_OPTIONS, and the child needs neither
    execArgv: ['--max-semi-space-size=1'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  const ending = await endingOf(child).finally(() => signal.removeEventListener('abort', kill));
  signal.throwIfAborted();
  return contentsOf(file, ending);
}

/** Beside this file as TypeScript, and beside the bundle as JavaScript. */
function childEntry(): URL {
  return new URL(`./integrity-process${extname(import.meta.url)}`, import.meta.url);
}

function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve, reject) => {
    let answer: Answer | null = null;
    let stderr = '';
    child.on('message', (message) => {
      answer = message as Answer; // the only thing integrity-process.ts sends
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-stderrKept);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ answer, code, signal, stderr }));
  });
}

function contentsOf(file: string, { answer, code, signal, stderr }: Ending): CheckedContents {
  if (answer?.kind === 'sound') return answer.contents;
  if (answer?.kind === 'damaged') throw damaged(file, answer);
  const how = answer?.message ?? (signal === null ? `exit code ${code}` : `killed by ${signal}`);
  throw new Failure(
    'INTEGRITY_CHECK_DIED',
    `The integrity check of ${file} ended without a result: ${how}.`,
    signal === 'SIGKILL'
      ? 'Most likely memory ran out: give the container 64 MiB more.'
      : 'Check the disk of the staging folder, then run it again.',
    stderr === '' ? undefined : new Error(stderr.trim()),
  );
}

function damaged(file: string, { problems, mayBeMore }: Answer & { kind: 'damaged' }): Failure {
  const told = problems.slice(0, problemsTold).join('; ');
  const more = problems.length > problemsTold ? `; and ${problems.length - problemsTold} more` : '';
  const atLeast = mayBeMore ? 'at least ' : '';
  return new Failure(
    'DATABASE_CORRUPT',
    `The integrity check of ${file} found ${atLeast}${plural(problems.length, 'problem')}: ${told}${more}.`,
    'If a second try says the same, the database it was copied from is damaged: stop its writers, keep a copy of all its files, then restore the newest good backup (`nightshift list`) or salvage it with `sqlite3 FILE .recover`.',
  );
}
