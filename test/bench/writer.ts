import path from 'node:path';
import { noBar } from '../../jobs/runtime/progress.ts';
import { takeSnapshot } from '../../jobs/sqlite/snapshot/snapshot.ts';
import { recordingLog } from '../backup/recording-log.ts';
import { startWriter } from '../backup/writer.ts';
import type { TestWriterReport } from '../backup/writer-process.ts';

/** How long a writer at 200 commits a second waits while a snapshot is taken beside it, and without one. */
export async function benchWriter(database: string, folder: string): Promise<void> {
  console.log('\nwriter at 200 commits a second: longest commit wait, 99th percentile');
  const alone = await startWriter(database, { perSecond: 200 });
  await new Promise((resolve) => setTimeout(resolve, 3000));
  tell('alone, 3 s', await alone.stop());
  const beside = await startWriter(database, { perSecond: 200 });
  await takeSnapshot({ name: 'bench', path: database }, path.join(folder, 'snapshot.db'), {
    signal: new AbortController().signal,
    bar: noBar,
    log: recordingLog(),
  });
  tell('beside a snapshot', await beside.stop());
}

function tell(name: string, { commits, busy, waits }: TestWriterReport): void {
  console.log(
    `  ${name.padEnd(20)} ${waits.longest.toFixed(1)} ms, ${waits.p99.toFixed(1)} ms (${commits} commits, ${busy} SQLITE_BUSY)`,
  );
}
