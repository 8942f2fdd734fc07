import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { openArchive, readArchive } from '../../jobs/summary/archive.ts';
import { type DeliveryState, openLedger, readLedger } from '../../jobs/summary/ledger.ts';
import { openRuns } from '../../jobs/summary/runs.ts';
import { acquireSendingLock } from '../../jobs/summary/sending-lock.ts';
import { examplePage } from './example-page.ts';

const at = Temporal.Instant.from('2025-12-01T00:00:05Z');
const day = '2025-11-30';
const owner = 'owner@example.com';

function folder(t: TestContext): string {
  const made = mkdtempSync(path.join(tmpdir(), 'nightshift-ledger-'));
  t.after(() => rmSync(made, { recursive: true }));
  return made;
}

test('a delivery is claimed once; what was accepted, rejected or is uncertain is not claimed again by itself', (t) => {
  const ledger = openLedger(folder(t));
  assert.equal(ledger.isEmpty(), true);
  assert.equal(ledger.claim(day, owner, ['pending'], at), false, 'nobody expects it');
  ledger.expect(day, [owner], at);
  assert.equal(ledger.claim(day, owner, ['pending'], at), true);
  ledger.expect(day, [owner], at);
  assert.equal(ledger.claim(day, owner, ['pending'], at), false, 'under way');
  for (const state of ['accepted', 'rejected', 'uncertain'] as const) {
    ledger.settle(day, owner, { state, said: 'so', code: null }, at);
    assert.equal(ledger.claim(day, owner, ['pending'], at), false, state);
  }
  ledger.settle(day, owner, { state: 'pending', said: 'later', code: 'MAIL_DEFERRED' }, at);
  assert.equal(ledger.claim(day, owner, ['pending'], at), true);
  ledger.settle(day, owner, { state: 'accepted', said: '250 queued', code: null }, at);
  assert.deepEqual(ledger.of(day), [
    { day, recipient: owner, state: 'accepted', at, tries: 2, said: '250 queued', code: null },
  ]);
  ledger.close();
});

test('whatever is asked in whatever order, nobody has two deliveries of one day, and no accepted one is sent again', (t) => {
  const stateDir = folder(t);
  const states: DeliveryState[] = ['pending', 'accepted', 'rejected', 'uncertain'];
  let round = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('a@x.my', 'b@x.my'), fc.constantFrom(...states)), { maxLength: 30 }),
      (steps) => {
        const ledger = openLedger(stateDir);
        round += 1;
        const today = Temporal.PlainDate.from('2000-01-01').add({ days: round }).toString();
        const accepted: string[] = [];
        for (const [recipient, state] of steps) {
          ledger.expect(today, [recipient], at);
          if (!ledger.claim(today, recipient, ['pending'], at) || state === 'sending') continue;
          if (state === 'accepted') accepted.push(recipient);
          ledger.settle(today, recipient, { state, said: '', code: null }, at);
        }
        const recipients = ledger.of(today).map(({ recipient }) => recipient);
        ledger.close();
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
  assert.equal(acquireSendingLock(stateDir), null, 'the other process holds it');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = acquireSendingLock(stateDir);
  assert.notEqual(lock, null);
  const ledger = openLedger(stateDir);
  assert.equal(ledger.closeAbandoned(at), 1);
  const [delivery] = ledger.of(day);
  assert.deepEqual([delivery?.state, delivery?.code, delivery?.tries], ['uncertain', 'MAIL_UNCERTAIN', 1]);
  assert.equal(ledger.claim(day, owner, ['pending'], at), false);
  ledger.close();
  lock?.release();
});

test('a page comes back as it was stored, by its day; days are listed oldest first', (t) => {
  const stateDir = folder(t);
  assert.equal(readArchive(stateDir), null);
  assert.equal(readLedger(stateDir), null);
  const archive = openArchive(stateDir);
  archive.archivePage({ ...examplePage, day: '2025-11-29' });
  archive.archivePage(examplePage);
  archive.close();
  const stored = readArchive(stateDir);
  assert.deepEqual(stored?.days(), ['2025-11-29', examplePage.day]);
  assert.deepEqual(stored?.pageOf(examplePage.day), examplePage);
  assert.equal(stored?.pageOf('2025-11-28'), null);
  stored?.close();
});

test('a run is remembered with its end; one that a dead process left counts as failed', (t) => {
  const stateDir = folder(t);
  const runs = openRuns(stateDir);
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
  runs.close();
});
