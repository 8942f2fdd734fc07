import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ledgerFingerprint, watchLedger } from '../../jobs/backup/state/watch-ledger.ts';

const start = Temporal.Instant.from('2025-11-30T00:00:00Z');

/** What a watch of ten minutes does; `changes`: the ledger's content from that minute on. */
async function watch(changes: Readonly<Record<number, string>>, minutes = 10) {
  let now = start;
  let content = 'as stored';
  const stored: string[] = [];
  const minute = () => now.since(start).total('minutes');
  const { until } = watchLedger({
    fingerprint: () => content,
    store: async () => void stored.push(`${minute()}: ${content}`),
    sleepUntil: async (instant) => {
      now = instant;
      content = changes[minute()] ?? content;
    },
    clock: { now: () => now },
  });
  await until(start.add({ minutes }));
  assert.equal(minute(), minutes);
  return stored;
}

test('a ledger that does not change is not stored between two runs', async () => {
  assert.deepEqual(await watch({}), []);
});

test('what a send records is stored once it is quiet again, and once only', async () => {
  assert.deepEqual(await watch({ 3: 'sending', 4: 'sent to one', 5: 'sent to both' }), ['6: sent to both']);
});

test('each later change is stored as well; back to what is stored is none', async () => {
  assert.deepEqual(await watch({ 1: 'a', 4: 'b', 6: 'c', 7: 'b' }), ['2: a', '5: b']);
});

test('the next backup is never delayed: it stores what is new by itself', async () => {
  assert.deepEqual(await watch({ 1: 'a' }, 2), []);
  assert.deepEqual(await watch({}, 0), []);
});

test('ledger and reports are looked at, the history and others are not', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const seen = [ledgerFingerprint(folder)];
  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
    utimesSync(path.join(folder, name), 1, 1);
    seen.push(ledgerFingerprint(folder));
  };
  for (const name of ['history.db', 'outbox/a.eml', 'summaries.db', 'report/a.yaml', 'report-copy/b.yaml'])
    write(name, name);
  write('summaries.db', 'longer than before');
  assert.deepEqual(
    seen.map((one, index) => one === seen[index - 1]),
    [false, true, true, false, false, false, false],
  );
});
