import { createInterface } from 'node:readline/promises';
import { Failure } from '../../platform/errors.ts';
import type { Comparison } from './comparison.ts';

/** Asks a person and returns the answer; null when there is nobody to ask. */
export type Ask = ((question: string) => Promise<string>) | null;

/** Asks on the terminal. */
export function terminalAsk(signal: AbortSignal): Ask {
  return async (question) => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    // Ctrl-D and Ctrl-C end the input, and with it the question: no answer is no.
    const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
    terminal.once('SIGINT', () => terminal.close());
    try {
      return await Promise.race([terminal.question(question, { signal }), ended]);
    } finally {
      terminal.close();
    }
  };
}

/** Says at once, before a long download, that the question at its end could not be asked. */
export function requireAnswer(yes: boolean, ask: Ask): void {
  if (yes || ask !== null) return;
  throw new Failure(
    'ARGUMENT_INVALID',
    'Restore asks before it changes anything, and this is no terminal.',
    'Add --yes to answer yes to all it asks, or --dry-run to see the plan. In a container: `docker run -it`.',
  );
}

/**
 * Asks once; a database that is not the same, twice. Throws RESTORE_DECLINED, or DATABASE_DIFFERENT when --yes meets
 * another database, which only `force` allows.
 */
export async function confirm(
  { kinship, differences }: Comparison,
  database: string,
  { yes, force }: { readonly yes: boolean; readonly force: boolean },
  ask: Ask,
): Promise<void> {
  if (yes || ask === null) {
    if (kinship !== 'other' || force) return;
    throw new Failure(
      'DATABASE_DIFFERENT',
      `This is not a backup of the database that is there now: ${differences.join('; ')}.`,
      'Check the name. To put it there all the same, run it in a terminal without --yes, or add --force. Nothing was stopped or changed.',
    );
  }
  if (!/^y(es)?$/i.test((await ask('Restore it? [y/N] ')).trim())) throw declined();
  if (kinship !== 'other' && kinship !== 'changed') return;
  const what = kinship === 'other' ? 'IT IS NOT THE SAME DATABASE' : 'Its schema is not the same';
  const answer = await ask(`${what}: ${differences.join('; ')}.\nType ${database} to restore it all the same: `);
  if (answer.trim() !== database) throw declined();
}

function declined(): Failure {
  return new Failure('RESTORE_DECLINED', 'Not restored, as you said.', 'Nothing was stopped or changed.');
}
