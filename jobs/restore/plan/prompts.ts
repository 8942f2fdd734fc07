import { createInterface, type Interface } from 'node:readline/promises';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';
import type { Danger } from './dangers.ts';

/** Asks a person and returns the answer; null when there is nobody to ask. */
export type Prompt = ((question: string) => Promise<string>) | null;

/** Asks on the terminal. */
export function terminalPrompt(signal: AbortSignal): Prompt {
  return async (question) => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    // Ctrl-D, Ctrl-C and a terminal that was closed end the input, and with it the question: no answer is no.
    const ended = new Promise<string>((resolve) => {
      for (const end of ['close', 'error']) terminal.once(end, () => resolve(''));
    });
    terminal.once('SIGINT', () => terminal.close());
    try {
      return await Promise.race([terminal.question(question, { signal }), ended]);
    } finally {
      closeQuietly(terminal);
    }
  };
}

/** A terminal that is gone cannot be set back (EIO), and needs not be. */
function closeQuietly(terminal: Interface): void {
  try {
    terminal.close();
  } catch (error) {
    if (systemCodeOf(error) !== 'EIO') throw error;
  }
}

/** Says at once, before a long download, that the question at its end could not be asked. */
export function requirePrompt(yes: boolean, prompt: Prompt): void {
  if (yes || prompt !== null) return;
  throw new Failure(
    'ARGUMENT_INVALID',
    'Restore asks for confirmation before it changes anything, and this is not a terminal.',
    'Add --yes to answer yes to every question, or --dry-run to see the plan. In a container: `docker run -it`.',
  );
}

/** As `requirePrompt`, before a removal. */
export function requireRemovalPrompt(yes: boolean, prompt: Prompt): void {
  if (yes || prompt !== null) return;
  throw new Failure(
    'ARGUMENT_INVALID',
    'A removal needs confirmation, and this is not a terminal.',
    'Add --yes to answer yes. Without --remove, --safety-copies shows what there is. In a container: `docker run -it`.',
  );
}

/**
 * Asks whether to restore, and once more, by name, when there are dangers. Throws RESTORE_DECLINED; with --yes, which asks
 * nothing, all of them under the first one's code.
 */
export async function confirm(
  dangers: readonly Danger[],
  database: string,
  yes: boolean,
  prompt: Prompt,
): Promise<void> {
  if (yes || prompt === null) return refuseDangers(dangers);
  if (!isYes(await prompt('Restore it? [y/N] '))) throw declined('Not restored');
  if (dangers.length === 0) return;
  const questions = dangers.map(({ question }) => `${question}\n`).join('');
  const answer = await prompt(`${questions}Type ${database} to restore it anyway: `);
  if (answer.trim() !== database) throw declined('Not restored');
}

function refuseDangers(dangers: readonly Danger[]): void {
  const refusals = dangers.flatMap(({ refusal }) => refusal ?? []);
  const [first] = refusals;
  if (first === undefined) return;
  const sentences = refusals.map(({ message }) => message).join(' ');
  const hints = refusals.map(({ hint }) => hint).join('\n');
  throw new Failure(first.code, sentences, `${hints} Nothing was stopped or changed.`);
}

/** Asks whether to remove a file for good. Throws RESTORE_DECLINED. */
export async function confirmRemoval(file: string, yes: boolean, prompt: Prompt): Promise<void> {
  if (yes || prompt === null) return;
  if (!isYes(await prompt(`Remove ${file} for good? [y/N] `))) throw declined('Not removed');
}

/** Asks whether to bring back a state. Throws RESTORE_DECLINED. */
export async function confirmState(yes: boolean, prompt: Prompt): Promise<void> {
  if (yes || prompt === null) return;
  if (!isYes(await prompt('Restore it? [y/N] '))) throw declined('Not restored');
}

const isYes = (answer: string) => /^y(es)?$/i.test(answer.trim());

function declined(what: string): Failure {
  return new Failure('RESTORE_DECLINED', `${what}: not confirmed.`, 'Nothing was stopped or changed.');
}
