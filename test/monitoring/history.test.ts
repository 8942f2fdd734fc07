import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { openHistory, readHistory } from '../../jobs/monitoring/history/open-history.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import { needs } from '../lab/parts.ts';

const at = Temporal.Instant.from('2025-11-29T18:00:00Z');
const key = 'sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz';

async function folder(t: TestContext) {
  const made = await mkdtemp(path.join(tmpdir(), 'history-'));
  t.after(() => rm(made, { recursive: true, force: true }));
  return made;
}

test('a run is remembered with its object, sizes and verification, and another process can read it', async (t) => {
  const stateDir = await folder(t);
  const history = openHistory(stateDir);
  const id = history.startRun('backup', 'csv_data', at);
  history.setStep(id, 'read back');
  history.updateRun(id, { key, snapshotBytes: 300, archiveBytes: 100, rows: 7 });
  history.recordVerification(key, 'verified', at);
  history.finishRun(id, 'succeeded', at.add({ seconds: 9 }));
  const expected = {
    id: 1,
    job: 'backup',
    database: 'csv_data',
    startedAt: at,
    finishedAt: at.add({ seconds: 9 }),
    outcome: 'succeeded',
    step: 'read back',
    key,
    verification: 'verified',
    snapshotBytes: 300,
    archiveBytes: 100,
    rows: 7,
    suspect: null,
    code: null,
    message: null,
  };
  const { history: reader } = readHistory(stateDir);
  assert.deepEqual(reader?.runs('backup', 'csv_data', 5), [expected]);
  assert.deepEqual(reader?.newestGood('csv_data'), expected);
  assert.equal(reader?.newestGood('other'), null);
  reader?.close();
  history.close();
});

test('a suspect backup is no good one until it is accepted', async (t) => {
  const history = openHistory(await folder(t));
  const id = history.startRun('backup', 'csv_data', at);
  history.updateRun(id, { key, suspect: 'table orders lost all rows' });
  history.recordVerification(key, 'verified', at);
  history.finishRun(id, 'succeeded', at);
  assert.equal(history.newestGood('csv_data'), null);
  history.recordAcceptance(key, at);
  assert.equal(history.newestGood('csv_data')?.key, key);
  assert.deepEqual(history.acceptedKeys(), new Set([key]));
  history.close();
});

test('what a killed run stored without reading it back is known to the next run', async (t) => {
  const stateDir = await folder(t);
  const killed = openHistory(stateDir);
  killed.updateRun(killed.startRun('backup', 'csv_data', at), { key });
  killed.close();
  const history = openHistory(stateDir);
  const id = history.startRun('backup', 'csv_data', at);
  history.closeInterrupted(id, 'csv_data', at);
  assert.deepEqual(
    history.runs('backup', 'csv_data', 5).map(({ outcome }) => outcome),
    ['running', 'interrupted'],
  );
  assert.deepEqual(history.unverifiedKeys('csv_data'), [key]);
  history.forgetKey(key);
  assert.deepEqual(history.unverifiedKeys('csv_data'), []);
  assert.deepEqual(history.counts('csv_data'), { running: 1, succeeded: 0, failed: 0, interrupted: 1 });
  history.close();
});

test('what the alerts remember and the first start stay', async (t) => {
  const stateDir = await folder(t);
  const first = openHistory(stateDir);
  assert.equal(first.alertState(), null);
  first.saveAlertState('one');
  first.saveAlertState('two');
  first.recordFirstStart(at);
  first.close();
  const history = openHistory(stateDir);
  assert.equal(history.alertState(), 'two');
  history.recordFirstStart(at.add({ hours: 1 }));
  assert.deepEqual(history.firstStart(), at);
  history.close();
});

test('a suspect is open until it is accepted, disproved, or gone', async (t) => {
  const history = openHistory(await folder(t));
  const keys = ['k1', 'k2', 'k3', 'k4'];
  for (const one of keys) {
    const id = history.startRun('backup', 'csv_data', at);
    history.updateRun(id, { key: one, suspect: `why ${one}` });
    history.recordVerification(one, 'verified', at);
  }
  assert.deepEqual(
    history.openSuspects('csv_data'),
    keys.map((one) => ({ key: one, reason: `why ${one}` })),
  );
  history.recordAcceptance('k1', at);
  history.recordDisproof('k2', at);
  history.forgetKey('k3');
  assert.deepEqual(history.openSuspects('csv_data'), [{ key: 'k4', reason: 'why k4' }]);
  assert.deepEqual(history.openSuspects('other'), []);
  assert.equal(history.newestGood('csv_data')?.key, 'k1');
  history.close();
});

test('a key that is used again is a new object: nothing known of the one before counts for it', async (t) => {
  const history = openHistory(await folder(t));
  const store = (suspect: string | null) => {
    const id = history.startRun('backup', 'csv_data', at);
    history.forgetKey(key);
    history.updateRun(id, { key, suspect });
  };
  const verify = () => history.recordVerification(key, 'verified', at);

  store('lost rows');
  verify();
  store(null);
  assert.deepEqual(history.unverifiedKeys('csv_data'), [key]);
  assert.equal(history.newestGood('csv_data'), null);
  verify();
  assert.deepEqual(history.openSuspects('csv_data'), []);
  assert.equal(history.newestGood('csv_data')?.id, 2);

  history.recordAcceptance(key, at);
  history.recordDisproof(key, at);
  history.recordSuspect('csv_data', { key, reason: 'seen in the bucket' }, at);
  store('lost rows again');
  verify();
  assert.deepEqual(history.openSuspects('csv_data'), [{ key, reason: 'lost rows again' }]);
  assert.deepEqual(history.acceptedKeys(), new Set());
  assert.equal(history.newestGood('csv_data'), null);
  history.close();
});

const garbage = 'not a database, but long enough to be read as one'.repeat(50);

/** A history with many runs, one of whose pages is then overwritten. */
function withDamagedPage(stateDir: string): void {
  const history = openHistory(stateDir);
  for (let night = 0; night < 200; night += 1) history.startRun('backup', 'csv_data', at);
  history.close();
  const handle = openSync(path.join(stateDir, 'history.db'), 'r+');
  writeSync(handle, Buffer.alloc(4096, 0x5a), 0, 4096, 4096 * 8);
  closeSync(handle);
}

const damages: [string, (stateDir: string) => unknown][] = [
  ['is no database', (stateDir) => writeFile(path.join(stateDir, 'history.db'), garbage)],
  ['has one damaged page', (stateDir) => withDamagedPage(stateDir)],
];
for (const [what, damage] of damages) {
  test(`a history that ${what} is refused with the file and what to do, for reading and for writing`, async (t) => {
    const stateDir = await folder(t);
    await damage(stateDir);
    const isDamaged = (error: unknown) =>
      error instanceof Failure && error.code === 'HISTORY_DAMAGED' && error.message.includes('history.db is damaged');
    assert.throws(() => openHistory(stateDir), isDamaged);
    const { history, failure } = readHistory(stateDir);
    assert.equal(history, null);
    assert.ok(isDamaged(failure), String(failure));
  });
}

test('without a history there is nothing to read, nor with an empty file', async (t) => {
  const stateDir = await folder(t);
  const { failure } = readHistory(stateDir);
  assert.deepEqual(
    [failure?.code, failure?.message],
    ['HISTORY_MISSING', `There is no run history in ${stateDir}, so what ran with this STATE_DIR is not known.`],
  );
  await writeFile(path.join(stateDir, 'history.db'), '');
  assert.equal(readHistory(stateDir).failure?.code, 'HISTORY_MISSING');
});

test('a history that this user may not read is no missing one', needs('root'), async (t) => {
  const stateDir = await folder(t);
  openHistory(stateDir).close();
  await chmod(stateDir, 0o700);
  const code = `const { readHistory } = await import('${path.resolve('jobs/monitoring/history/open-history.ts')}');
    console.log(readHistory('${stateDir}').failure?.code);`;
  const args = ['--input-type=module', '--eval', code];
  const found = execFileSync(process.execPath, args, { uid: 1000, gid: 1000, encoding: 'utf8', cwd: '/' });
  assert.equal(found, 'HISTORY_UNREADABLE\n');
});

for (const [what, sql] of [
  ['that a kill left without tables', 'PRAGMA journal_mode = WAL'],
  ['of another program', 'CREATE TABLE runs (x); PRAGMA user_version = 99'],
] as const) {
  test(`a history.db ${what} is called damaged, by readers and writers`, async (t) => {
    const stateDir = await folder(t);
    new Sqlite(path.join(stateDir, 'history.db')).exec(sql).close();
    assert.equal(readHistory(stateDir).failure?.code, 'HISTORY_DAMAGED');
    if (what === 'of another program') {
      assert.throws(() => openHistory(stateDir), { code: 'HISTORY_DAMAGED' });
    } else openHistory(stateDir).close();
  });
}
