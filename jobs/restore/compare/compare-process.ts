/**
 * The child of `compareDatabases`: compares the database named as its first argument with the backup named as its second, and
 * sends how far it is, then what it found. A process of its own, since nothing but its death interrupts a running query.
 */
import { setImmediate as turn } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { sendResult } from '../../runtime/child-process.ts';
import { systemCodeOf } from '../../runtime/errors.ts';
import { busyMs } from './busy.ts';
import { compareContents } from './compare-contents.ts';
import type { CompareMessage } from './difference.ts';

const [database = '', backup = '', seconds = '0', rows = '{}'] = process.argv.slice(2);
const pauseAfterMs = 200;
const cacheKib = 8 * 1024;

await sendResult<CompareMessage>(async () => {
  try {
    return { kind: 'done', difference: await compare() };
  } catch (error) {
    return {
      kind: 'failed',
      message: error instanceof Error ? error.message : String(error),
      code: systemCodeOf(error),
    };
  }
});

async function compare() {
  const connection = new Sqlite(database, { readonly: true, fileMustExist: true, timeout: busyMs });
  connection.defaultSafeIntegers();
  connection.prepare('ATTACH ? AS backup').run(backup);
  for (const schema of ['main', 'backup']) connection.pragma(`${schema}.cache_size = -${cacheKib}`);
  // A key without its index would be looked up by an index made for it, in memory.
  connection.pragma('automatic_index = OFF');
  const began = performance.now();
  let pausedAt = began;
  let read = 0;
  return compareContents(connection, {
    rows: JSON.parse(rows),
    budget: {
      isOver: () => performance.now() - began >= Number(seconds) * 1000,
      isPauseDue: () => performance.now() - pausedAt >= pauseAfterMs,
      async pause(more) {
        read += more;
        process.send?.({ kind: 'progress', rows: read } satisfies CompareMessage);
        await turn();
        pausedAt = performance.now();
      },
    },
  });
}
