import type { ChildProcess } from 'node:child_process';

export type End<A> = { readonly answer: A | null; readonly signal: NodeJS.Signals | null };

/**
 * Waits until a child has ended. `answer` is what it said last by IPC (it says nothing but an `A`), null when it said nothing;
 * `signal` is what ended it. Throws when it cannot be started.
 */
export function endOf<A>(child: ChildProcess): Promise<End<A>> {
  return new Promise((resolve, reject) => {
    let answer: A | null = null;
    child.on('message', (message) => {
      answer = message as A;
    });
    child.once('error', reject);
    child.once('close', (_code, signal) => resolve({ answer, signal }));
  });
}
