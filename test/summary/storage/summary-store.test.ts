import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { openDatabase } from '../../../jobs/summary/storage/connection.ts';
import { type DeliveryState, withAbandoned } from '../../../jobs/summary/storage/ledger.ts';
import { isNobodySending, trySendingLock } from '../../../jobs/summary/storage/sending-lock.ts';
import { openSummaryStore, openSummaryStoreReadOnly } from '../../../jobs/summary/storage/summary-store.ts';
import { examplePage } from '../example-page.ts';

const at = Temporal.Instant.from('2025-12-01T00:00:05Z');
const day = '2025-11-30';
const owner = 'owner@example.com';

function folder(t: TestContext): string {
  const made = mkdtempSync(path.join(tmpdir(), 'nightshift-ledger-'));
  t.after(() => rmSync(made, { recursive: true }));
  return made;
}

test('a delivery is claimed once; what was accepted, rejected or is uncertain is not claimed again automatically', (t) => {
  const { ledger, close } = openSummaryStore(folder(t));
  assert.equal(ledger.isEmpty(), true);
  assert.equal(ledger.claim(day, owner, ['pending'], at), false, 'not in the ledger');
  ledger.addPending(day, [owner], at);
  assert.equal(ledger.claim(day, owner, ['pending'], at), true);
  ledger.addPending(day, [owner], at);
  assert.equal(ledger.claim(day, owner, ['pending'], at), false, 'under way');
  for (const state of ['accepted', 'rejected', 'uncertain'] as const) {
    ledger.finish(day, owner, { state, reply: 'so', code: null }, at);
    assert.equal(ledger.claim(day, owner, ['pending'], at), false, state);
  }
  ledger.finish(day, owner, { state: 'pending', reply: 'later', code: 'MAIL_DEFERRED' }, at);
  assert.equal(ledger.claim(day, owner, ['pending'], at), true);
  ledger.finish(day, owner, { state: 'accepted', reply: '250 queued', code: null }, at);
  assert.deepEqual(ledger.ofDay(day), [
    { day, recipient: owner, state: 'accepted', at, tries: 2, reply: '250 queued', code: null },
  ]);
  close();
});

test('whatever the calls and their order, nobody has two deliveries of one day, and no accepted one is sent again', (t) => {
  const stateDir = folder(t);
  const states: DeliveryState[] = ['pending', 'accepted', 'rejected', 'uncertain'];
  let runCount = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('a@x.my', 'b@x.my'), fc.constantFrom(...states)), { maxLength: 30 }),
      (steps) => {
        const { ledger, close } = openSummaryStore(stateDir);
        runCount += 1;
        const today = Temporal.PlainDate.from('2000-01-01').add({ days: runCount }).toString();
        const accepted: string[] = [];
        for (const [recipient, state] of steps) {
          ledger.addPending(today, [recipient], at);
          if (!ledger.claim(today, recipient, ['pending'], at) || state === 'sending') continue;
          if (state === 'accepted') accepted.push(recipient);
          ledger.finish(today, recipient, { state, reply: '', code: null }, at);
        }
        const recipients = ledger.ofDay(today).map(({ recipient }) => recipient);
        close();
        assert.equal(new Set(recipients).size, recipients.length);
        assert.equal(new Set(accepted).size, accepted.length);
      },
    ),
    { numRuns: 30 },
  );
});

test('a sender that is killed leaves an uncertain delivery, and its lock is free', async (t) => {
  const stateDir = folder(t);
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'sender-process.ts'), stateDir, day, owner], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  assert.equal(trySendingLock(stateDir), null, 'the other process holds it');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = trySendingLock(stateDir);
  assert.notEqual(lock, null);
  const { ledger, close } = openSummaryStore(stateDir);
  assert.equal(ledger.closeAbandoned(at), 1);
  const [delivery] = ledger.ofDay(day);
  assert.deepEqual([delivery?.state, delivery?.code, delivery?.tries], ['uncertain', 'MAIL_UNCERTAIN', 1]);
  assert.equal(ledger.claim(day, owner, ['pending'], at), false);
  close();
  lock?.release();
});

test('what a sender left that is gone is shown as uncertain, and while it lives as sending; nothing is locked or written', async (t) => {
  const stateDir = folder(t);
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'sender-process.ts'), stateDir, day, owner], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const store = openSummaryStoreReadOnly(stateDir);
  assert.ok(store !== null);
  const shown = () => withAbandoned(store.ledger, () => isNobodySending(stateDir)).sinceDay(day);
  const states = () => [shown(), store.ledger.ofDay(day)].map(([delivery]) => delivery?.state);
  assert.deepEqual(states(), ['sending', 'sending']);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const files = readdirSync(stateDir);
  assert.deepEqual(states(), ['uncertain', 'sending']);
  assert.deepEqual(readdirSync(stateDir), files);
  store.close();
});

test('a page comes back as it was stored, by its day; days are listed oldest first', (t) => {
  const stateDir = folder(t);
  assert.equal(openSummaryStoreReadOnly(stateDir), null);
  const { archive, close } = openSummaryStore(stateDir);
  archive.save({ ...examplePage, day: '2025-11-29' });
  archive.save(examplePage);
  close();
  const stored = openSummaryStoreReadOnly(stateDir);
  assert.deepEqual(stored?.archive.days(), ['2025-11-29', examplePage.day]);
  assert.deepEqual(stored?.archive.pageOf(examplePage.day), examplePage);
  assert.equal(stored?.archive.pageOf('2025-11-28'), null);
  stored?.close();
});

test('a run is remembered with its end; one that a dead process left counts as failed', (t) => {
  const stateDir = folder(t);
  const { runs, close } = openSummaryStore(stateDir);
  const later = at.add({ seconds: 9 });
  runs.begin('2025-11-29', at);
  runs.closeAbandoned(later);
  const id = runs.begin(day, at);
  runs.finish(id, { outcome: 'succeeded', mailBytes: 61_000, message: null }, later);
  runs.begin(day, later);
  const dead = 'The process ended before it was done.';
  assert.deepEqual(runs.newest(9), [
    { day, startedAt: later, finishedAt: null, outcome: 'running', mailBytes: null, message: null },
    { day, startedAt: at, finishedAt: later, outcome: 'succeeded', mailBytes: 61_000, message: null },
    { day: '2025-11-29', startedAt: at, finishedAt: later, outcome: 'failed', mailBytes: null, message: dead },
  ]);
  close();
});

test('what the ledger says is on the disk before the mail server is contacted', (t) => {
  const database = openDatabase(folder(t));
  // EXTRA, which rollback mode needs for that: https://www.sqlite.org/pragma.html#pragma_synchronous
  const modes = ['journal_mode', 'synchronous'].flatMap((name) => database.rows(`PRAGMA ${name}`));
  assert.deepEqual(modes, [{ journal_mode: 'delete' }, { synchronous: 3 }]);
  database.close();
});
