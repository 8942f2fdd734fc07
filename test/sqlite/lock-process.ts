/**
 * A process that takes a lock and keeps it until it is killed or receives `release`; it prints what it does.
 * arguments: DATABASE STATE_DIR backup|restore
 */
import { acquireLock } from '../../jobs/sqlite/lock/lock.ts';

const [database = '', stateDir = '', holder = 'backup'] = process.argv.slice(2);
const say = (text: string) => process.stdout.write(`${text}\n`);
const log = { line: say, warn: say, failure: () => {} };

const lock = await acquireLock(database, stateDir, {
  holder: holder === 'restore' ? 'restore' : 'backup',
  wait: true,
  log,
  signal: new AbortController().signal,
});
say('held');
process.stdin.once('data', () => {
  lock.release();
  say('released');
  process.exit();
});
