import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Failure } from '../../jobs/platform/errors.ts';
import { openHistory, readHistory } from '../../jobs/platform/history.ts';

const at = Temporal.Instant.from('2025-11-29T18:00:00Z');
const key = 'sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz';

async function folder(t: TestContext) {
  const made = await mkdtemp(path.join(tmpdir(), 'history-'));
  t.after(() => rm(made, { recursive: true, force: true }));
  return made;
}

test('a run is remembered with its object, sizes and proof, and another process can read it', async (t) => {
  const stateDir = await folder(t);
  const history = openHistory(stateDir);
  const id = history.begin('backup', 'csv_data', at);
  history.step(id, 'read back');
  history.note(id, { key, snapshotBytes: 300, archiveBytes: 100, rows: 7 });
  history.prove(key, 'proven', at);
  history.finish(id, 'succeeded', at.add({ seconds: 9 }));
  const expected = {
    id: 1,
    job: 'backup',
    database: 'csv_data',
    startedAt: at,
    finishedAt: at.add({ seconds: 9 }),
    outcome: 'succeeded',
    step: 'read back',
    key,
    proof: 'proven',
    snapshotBytes: 300,
    archiveBytes: 100,
    rows: 7,
    suspect: null,
    code: null,
    sentence: null,
  };
  const reader = readHistory(stateDir);
  assert.deepEqual(reader?.runs('backup', 'csv_data', 5), [expected]);
  assert.deepEqual(reader?.newestGood('csv_data'), expected);
  assert.equal(reader?.newestGood('other'), null);
  reader?.close();
  history.close();
});

test('a suspect backup is no good one until it is accepted', async (t) => {
  const history = openHistory(await folder(t));
  const id = history.begin('backup', 'csv_data', at);
  history.note(id, { key, suspect: 'table orders lost all rows' });
  history.prove(key, 'proven', at);
  history.finish(id, 'succeeded', at);
  assert.equal(history.newestGood('csv_data'), null);
  history.accept(key, at);
  assert.equal(history.newestGood('csv_data')?.key, key);
  assert.deepEqual(history.acceptedKeys(), new Set([key]));
  history.close();
});

test('what a killed run stored without reading it back is known to the next run', async (t) => {
  const stateDir = await folder(t);
  const killed = openHistory(stateDir);
  killed.note(killed.begin('backup', 'csv_data', at), { key });
  killed.close();
  const history = openHistory(stateDir);
  const id = history.begin('backup', 'csv_data', at);
  history.closeAbandoned(id, 'csv_data', at);
  assert.deepEqual(
    history.runs('backup', 'csv_data', 5).map(({ outcome }) => outcome),
    ['running', 'interrupted'],
  );
  assert.deepEqual(history.unprovenKeys('csv_data'), [key]);
  history.giveUp(key);
  assert.deepEqual(history.unprovenKeys('csv_data'), []);
  assert.deepEqual(history.counts('csv_data'), { running: 1, succeeded: 0, failed: 0, interrupted: 1 });
  history.close();
});

test('an alert stays open until it is closed, and the first start is remembered', async (t) => {
  const stateDir = await folder(t);
  const first = openHistory(stateDir);
  first.openAlert('csv_data', 'failure', 'DATABASE_CORRUPT', at);
  first.markStart(at);
  first.close();
  const history = openHistory(stateDir);
  assert.deepEqual(history.alert('csv_data', 'failure'), { subject: 'DATABASE_CORRUPT', since: at });
  assert.equal(history.alert('csv_data', 'suspect'), null);
  history.closeAlert('csv_data', 'failure');
  assert.equal(history.alert('csv_data', 'failure'), null);
  history.markStart(at.add({ hours: 1 }));
  assert.deepEqual(history.firstStart(), at);
  history.close();
});

test('a history that is no database is refused with the file and the cure', async (t) => {
  const stateDir = await folder(t);
  await writeFile(path.join(stateDir, 'history.db'), 'not a database, but long enough to be read as one'.repeat(50));
  assert.throws(
    () => openHistory(stateDir),
    (error) => error instanceof Failure && error.code === 'STATE_UNWRITABLE' && error.message.includes('history.db'),
  );
});

test('without a history there is nothing to read', async (t) => {
  assert.equal(readHistory(await folder(t)), null);
});
