import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { markRestored } from '../../jobs/archives/state/restored-ledger.ts';
import { summaryStatus } from '../../jobs/summary/commands/status.ts';
import { decideDue } from '../../jobs/summary/due.ts';
import { keepReportCopy } from '../../jobs/summary/report/keep-copy.ts';
import { runScheduler } from '../../jobs/summary/scheduler.ts';
import { openSummaryStore, openSummaryStoreReadOnly } from '../../jobs/summary/storage/summary-store.ts';
import { instantOf, makeSummaryScene } from './scene.ts';

const zone = 'Asia/Kuala_Lumpur';
const eight = { cron: '0 8 * * *', zone };
const day = '2025-11-30';
const owner = 'owner@example.com';

/** What the service does with the summary of `day` when it starts then: sends it, a warning, or nothing. */
async function startAt(local: string, stateDir: string): Promise<string[]> {
  const { ledger, close } = openSummaryStore(stateDir);
  const stop = new AbortController();
  const done: string[] = [];
  await runScheduler({
    schedule: eight,
    catchUpHours: 12,
    ledger,
    sendSummary: async (about) => void done.push(`sends ${about}`),
    clock: { now: () => instantOf(local) },
    log: { line: () => {}, warn: (text) => done.push(text), failure: () => {} },
    sleepUntil: async () => stop.abort(),
    signal: stop.signal,
  });
  close();
  return done;
}

/** A ledger in which `days` went out at 08:00 of the day after each. */
function makeLedger(stateDir: string, days: readonly string[]): void {
  const { ledger, close } = openSummaryStore(stateDir);
  for (const about of days) {
    const at = Temporal.PlainDate.from(about)
      .add({ days: 1 })
      .toPlainDateTime({ hour: 8 })
      .toZonedDateTime(zone)
      .toInstant();
    ledger.addPending(about, [owner], at);
    ledger.claim(about, owner, ['pending'], at);
    ledger.finish(about, owner, { state: 'accepted', reply: '250 OK', code: null }, at);
  }
  close();
}

const restoredAt = (stateDir: string, taken: string, at: string) =>
  markRestored(path.join(stateDir, 'summaries.db'), instantOf(taken), instantOf(at));

test('a day that was due before the ledger was brought back, and is not in it, is not mailed by itself: the old host may have', async (t) => {
  const { settings } = makeSummaryScene(t);
  const { stateDir } = settings;
  makeLedger(stateDir, ['2025-11-28', '2025-11-29']);
  assert.deepEqual(await startAt('2025-12-01T10:00:00', stateDir), [`sends ${day}`]);
  restoredAt(stateDir, '2025-12-01T02:00:09', '2025-12-01T09:30:00');
  const said = [
    `Whether the summary of ${day} went out is not known: it was due before this ledger was begun or brought back. Ask; if nobody got it: nightshift summary send --day ${day}`,
  ];
  assert.deepEqual(await startAt('2025-12-01T10:00:00', stateDir), said);
  assert.deepEqual(await startAt('2025-12-01T23:00:00', stateDir), said);
  assert.deepEqual(await startAt('2025-12-02T08:30:00', stateDir), ['sends 2025-12-01']);
});

test('also a day that was due a moment before the ledger was stored: its sending may have begun after that', async (t) => {
  const { stateDir } = makeSummaryScene(t).settings;
  makeLedger(stateDir, ['2025-11-28', '2025-11-29']);
  restoredAt(stateDir, '2025-12-01T08:00:01', '2025-12-01T09:30:00');
  assert.match((await startAt('2025-12-01T10:00:00', stateDir)).join(), /^Whether the summary of 2025-11-30 went out/);
});

test('what the old host had begun is uncertain, and is not sent again by itself', async (t) => {
  const { stateDir } = makeSummaryScene(t).settings;
  makeLedger(stateDir, ['2025-11-29']);
  const { ledger, close } = openSummaryStore(stateDir);
  ledger.addPending(day, [owner, 'second@example.com', 'third@example.com'], instantOf('2025-12-01T08:00:02'));
  ledger.claim(day, 'second@example.com', ['pending'], instantOf('2025-12-01T08:00:03'));
  ledger.claim(day, 'third@example.com', ['pending'], instantOf('2025-12-01T08:00:04'));
  const rejected = { state: 'rejected', reply: '550 no', code: 'MAIL_REJECTED' } as const;
  ledger.finish(day, 'third@example.com', rejected, instantOf('2025-12-01T08:00:05'));
  close();
  restoredAt(stateDir, '2025-12-01T08:00:06', '2025-12-01T09:30:00');
  assert.deepEqual(await startAt('2025-12-01T10:00:00', stateDir), []);
  const after = openSummaryStore(stateDir);
  assert.deepEqual(
    after.ledger.ofDay(day).map(({ recipient, state, code }) => [recipient, state, code]),
    [
      [owner, 'uncertain', 'MAIL_UNCERTAIN'],
      ['second@example.com', 'uncertain', 'MAIL_UNCERTAIN'],
      ['third@example.com', 'rejected', 'MAIL_REJECTED'],
    ],
  );
  after.close();
});

test('marked twice, it says the later time; a second restore does not forget the first', (t) => {
  const { stateDir } = makeSummaryScene(t).settings;
  makeLedger(stateDir, ['2025-11-29']);
  restoredAt(stateDir, '2025-12-01T02:00:00', '2025-12-01T09:00:00');
  restoredAt(stateDir, '2025-12-01T02:00:00', '2025-12-01T09:30:00');
  restoredAt(stateDir, '2025-11-30T02:00:00', '2025-12-01T09:10:00');
  const { ledger, close } = openSummaryStore(stateDir);
  assert.equal(ledger.knowsSince()?.toString(), instantOf('2025-12-01T09:30:00').toString());
  close();
});

test('on a new host without its ledger nothing that was due before the start goes out, nor after a manual send of another day', async (t) => {
  const { stateDir } = makeSummaryScene(t).settings;
  assert.deepEqual(await startAt('2025-12-01T10:00:00', stateDir), []);
  const { ledger, close } = openSummaryStore(stateDir);
  // As `nightshift summary send --day 2025-11-20` does on an empty ledger.
  ledger.recordBegin(instantOf('2025-12-01T10:05:00'));
  ledger.addPending('2025-11-20', [owner], instantOf('2025-12-01T10:05:00'));
  ledger.claim('2025-11-20', owner, ['pending'], instantOf('2025-12-01T10:05:00'));
  const sent = { state: 'accepted', reply: '250 OK', code: null } as const;
  ledger.finish('2025-11-20', owner, sent, instantOf('2025-12-01T10:05:01'));
  close();
  assert.match(
    (await startAt('2025-12-01T10:10:00', stateDir)).join(),
    /^Whether the summary of 2025-11-30 went out is not known/,
  );
  assert.deepEqual(await startAt('2025-12-02T10:10:00', stateDir), ['sends 2025-12-01']);
});

test('the status says that it is not known, in place of under way or not sent', (t) => {
  const { stateDir } = makeSummaryScene(t).settings;
  makeLedger(stateDir, ['2025-11-29']);
  const reasonAt = (local: string) => {
    const store = openSummaryStoreReadOnly(stateDir);
    const { ok, reason } = summaryStatus(eight, [owner], store?.ledger ?? null, instantOf(local));
    store?.close();
    return `${ok} ${reason}`;
  };
  assert.equal(reasonAt('2025-12-01T08:30:00'), `true the summary of ${day} is under way`);
  restoredAt(stateDir, '2025-12-01T02:00:00', '2025-12-01T08:10:00');
  const unknown = `false whether the summary of ${day} was sent is not known: it was due before this ledger was begun or brought back`;
  assert.deepEqual(['2025-12-01T08:30:00', '2025-12-01T20:00:00'].map(reasonAt), [unknown, unknown]);
});

test('a ledger of an earlier nightshift that is only read was never restored', (t) => {
  const { stateDir } = makeSummaryScene(t).settings;
  makeLedger(stateDir, ['2025-11-29']);
  const db = new Sqlite(path.join(stateDir, 'summaries.db'));
  db.exec('DROP TABLE restored');
  db.close();
  const store = openSummaryStoreReadOnly(stateDir);
  assert.equal(store?.ledger.knowsSince(), null);
  store?.close();
});

test('what is unknown comes before what is too late, and never touches a day that is in the ledger', () => {
  const at = instantOf('2025-12-01T08:00:00');
  const facts = { startedAt: at, catchUpHours: 12, deliveries: [], hasEarlierDay: true };
  const decide = (now: string, restored: string) =>
    decideDue({ at, day }, { ...facts, now: instantOf(now), knowsSince: instantOf(restored) });
  assert.deepEqual(
    [
      decide('2025-12-01T09:00:00', '2025-12-01T08:00:00'),
      decide('2025-12-01T23:00:00', '2025-12-01T09:00:00'),
      decide('2025-12-01T09:00:00', '2025-12-01T07:59:59'),
    ],
    ['unknown', 'unknown', 'send'],
  );
});

test('the report that SUMMARY_REPORT names is copied into STATE_DIR, for its backup; without one the copy stays', (t) => {
  const scene = makeSummaryScene(t);
  const { stateDir } = scene.settings;
  assert.equal(existsSync(path.join(stateDir, 'report-copy')), false);
  const report = path.join(scene.folder, 'mine.yaml');
  writeFileSync(report, 'title: Mine\n');
  const copied = () => readFileSync(path.join(stateDir, 'report-copy', 'mine.yaml'), 'utf8');
  keepReportCopy(report, stateDir, { warn: assert.fail });
  assert.equal(copied(), 'title: Mine\n');
  writeFileSync(report, 'title: Mine, again\n');
  keepReportCopy(report, stateDir, { warn: assert.fail });
  assert.equal(copied(), 'title: Mine, again\n');
  for (const gone of [null, path.join(scene.folder, 'none.yaml')])
    keepReportCopy(gone, stateDir, { warn: assert.fail });
  assert.equal(copied(), 'title: Mine, again\n');
  const several = path.join(scene.folder, 'reports');
  mkdirSync(several);
  writeFileSync(path.join(several, 'a.yaml'), 'title: A\n');
  keepReportCopy(several, stateDir, { warn: assert.fail });
  assert.equal(readFileSync(path.join(stateDir, 'report-copy', 'a.yaml'), 'utf8'), 'title: A\n');
  assert.equal(existsSync(path.join(stateDir, 'report-copy', 'mine.yaml')), false);
});
