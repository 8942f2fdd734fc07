/**
 * A program that writes a database all the time, as a backend does: so many commits a second, each of them counting up two
 * tables that must always agree. It sends `{ kind: 'started' }` after its first commit; on `stop` it sends a WriterReport.
 * arguments: DATABASE COMMITS_PER_SECOND wal|rollback BUSY_TIMEOUT_MS
 */
import Sqlite from 'better-sqlite3';

export type TestWriterReport = {
  readonly commits: number;
  /** Commits refused with SQLITE_BUSY after the busy timeout. */
  readonly busy: number;
  /** How long a whole transaction took, in ms. */
  readonly waits: { readonly median: number; readonly p99: number; readonly longest: number };
};

const [file = '', perSecond = '200', mode = 'wal', busyTimeout = '0'] = process.argv.slice(2);
const connection = new Sqlite(file, { timeout: Number(busyTimeout) });
connection.pragma(`journal_mode = ${mode === 'wal' ? 'WAL' : 'DELETE'}`);
connection.exec(`
  CREATE TABLE IF NOT EXISTS writer_total (id INTEGER PRIMARY KEY CHECK (id = 1), commits INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS writer_log (number INTEGER PRIMARY KEY, note TEXT NOT NULL);
  INSERT OR IGNORE INTO writer_total SELECT 1, count(*) FROM writer_log;
`);
const countUp = connection.prepare('UPDATE writer_total SET commits = commits + 1');
const addNote = connection.prepare("INSERT INTO writer_log (note) VALUES (printf('order %d', abs(random())))");
const commit = connection.transaction(() => {
  addNote.run();
  countUp.run();
});

const waits: number[] = [];
let busy = 0;

function commitOnce(): void {
  const began = performance.now();
  try {
    commit.immediate();
    waits.push(performance.now() - began);
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY'))) throw error;
    busy += 1;
  }
}

function report(): TestWriterReport {
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { commits: waits.length, busy, waits: { median: at(0.5), p99: at(0.99), longest: at(1) } };
}

commitOnce();
const began = performance.now();
let due = 0;
const timer = setInterval(() => {
  const target = ((performance.now() - began) / 1000) * Number(perSecond);
  for (; due < target; due += 1) commitOnce();
}, 1);

process.on('message', () => {
  clearInterval(timer);
  process.send?.(report(), () => process.exit());
});
process.on('disconnect', () => process.exit());
process.send?.({ kind: 'started' });
