import process from 'node:process';
import Sqlite from 'better-sqlite3';
import { onStopRequest } from '../runtime/child-process.ts';
import { addOrder } from './shop.ts';
import type { WriterReport } from './writer.ts';

// The shop keeps selling while it is backed up: 50 commits a second until it is stopped; then it sends the number and the longest wait.
const commitsPerSecond = 50;
// arguments: DATABASE TIME_OF_EACH_ORDER
const [, , database = '', orderedAt = ''] = process.argv;
const db = new Sqlite(database, { timeout: 5000 });
let commits = 0;
let longestMs = 0;
const timer = setInterval(() => {
  const began = performance.now();
  addOrder(db, 1, orderedAt, 'web', commits % 400, 'written during the backup');
  longestMs = Math.max(longestMs, performance.now() - began);
  commits += 1;
}, 1000 / commitsPerSecond);

onStopRequest(() => {
  clearInterval(timer);
  db.close();
  const report: WriterReport = { commits, longestMs };
  if (process.connected) process.send?.(report, () => process.exit());
  else process.exit();
});
