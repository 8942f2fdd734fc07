import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { endOf } from '../child-answer.ts';
import type { Character } from './verified.ts';

/** What the child says, once. */
export type Answer = { readonly character: Character } | { readonly problem: string };

/**
 * Reads what a database holds, in a child process, since nothing but its death interrupts a running query. `problem` says
 * why SQLite cannot read it. Throws AbortError when aborted.
 */
export async function readCharacter(file: string, signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted();
  const entry = new URL(`./contents-process${extname(import.meta.url)}`, import.meta.url);
  const child = fork(entry, [file], { env: {}, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  const { answer } = await endOf<Answer>(child).finally(() => signal.removeEventListener('abort', kill));
  signal.throwIfAborted();
  return answer ?? { problem: 'the process that reads it died' };
}
