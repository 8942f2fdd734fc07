import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL(`./writer-process${path.extname(import.meta.url)}`, import.meta.url));

type Written = { readonly commits: number; readonly longestMs: number };

/** Starts a process that keeps committing orders of `orderedAt` (local time) to a database; `stop` ends it and says how it fared. */
export function startWriter(database: string, orderedAt: string): { stop(): Promise<Written> } {
  const child = fork(entry, [database, orderedAt]);
  return {
    async stop() {
      child.send('stop');
      const [written] = await once(child, 'message');
      return written as Written;
    },
  };
}
