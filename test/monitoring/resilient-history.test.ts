import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { renameDamaged } from '../../jobs/monitoring/history/history-file.ts';
import { openHistory } from '../../jobs/monitoring/history/open-history.ts';
import { createDamagedRename, openResilientHistory } from '../../jobs/monitoring/history/resilient-history.ts';
import { deserializeRun, serializeRun } from '../../jobs/monitoring/history/serialized-run.ts';
import { needs } from '../lab/parts.ts';
import { smallDisk } from '../small-disk.ts';

const at = Temporal.Instant.from('2025-11-29T18:00:00Z');
const garbage = 'not a database, but long enough to be read as one'.repeat(50);
const quiet = { line() {}, warn() {}, failure() {} };
const rename = (stateDir: string) =>
  createDamagedRename(stateDir, { clock: { now: () => at }, zone: 'Asia/Kuala_Lumpur', log: quiet });

async function folder(t: TestContext) {
  const made = await mkdtemp(path.join(tmpdir(), 'history-'));
  t.after(() => rm(made, { recursive: true, force: true }));
  return made;
}

/** A good backup of the shop, `hours` after the start. */
function goodRun(history: ReturnType<typeof openHistory>, hours: number): void {
  const id = history.startRun('backup', 'shop', at.add({ hours }));
  history.updateRun(id, { key: `k${hours}` });
  history.recordVerification(`k${hours}`, 'verified', at);
  history.finishRun(id, 'succeeded', at.add({ hours }));
}

const keysOf = (history: Pick<ReturnType<typeof openHistory>, 'runs'>) =>
  history.runs('backup', 'shop', 9).map(({ key, outcome }) => `${key} ${outcome}`);

test(
  'a disk that fills in the middle of a run: the run goes on, and all that was known before is still known',
  needs('root'),
  async (t) => {
    const disk = smallDisk(t, 'tmpfs', 1);
    const problems: string[] = [];
    const history = openResilientHistory(disk.folder, { onProblem: ({ code }) => problems.push(code) });
    goodRun(history, 0);
    history.recordAcceptance('k0', at);
    const id = history.startRun('backup', 'shop', at.add({ hours: 24 }));
    history.setStep(id, 'snapshot');
    assert.equal(history.problem(), null);
    disk.fill();
    history.setStep(id, 'upload');
    history.updateRun(id, { key: 'k24' });
    history.recordVerification('k24', 'verified', at);
    history.finishRun(id, 'succeeded', at.add({ hours: 24 }));
    assert.equal(history.problem()?.code, 'STATE_UNWRITABLE');
    assert.deepEqual(problems, ['STATE_UNWRITABLE']);
    assert.deepEqual(keysOf(history), ['k24 succeeded', 'k0 succeeded']);
    assert.equal(history.newestGood('shop')?.key, 'k24');
    assert.deepEqual(history.acceptedKeys(), new Set(['k0']));
    history.close();
  },
);

test('once there is room again, the runs and what the alerts remember are written down', needs('root'), async (t) => {
  const disk = smallDisk(t, 'tmpfs', 1);
  const own = openResilientHistory(disk.folder);
  own.recordFirstStart(at);
  goodRun(own, 0);
  disk.fill();
  // As the process of a run does, which ends with its memory.
  const ofRun = openResilientHistory(disk.folder);
  goodRun(ofRun, 24);
  const [sent] = ofRun.runs('backup', 'shop', 1).map(serializeRun);
  ofRun.close();
  own.recordRun(deserializeRun(JSON.parse(JSON.stringify(sent))));
  own.saveAlertState('remembered');
  own.reopen();
  assert.equal(own.problem()?.code, 'STATE_UNWRITABLE');
  assert.deepEqual(keysOf(own), ['k24 succeeded', 'k0 succeeded']);
  disk.free();
  own.reopen();
  assert.equal(own.problem(), null);
  own.close();
  const file = openHistory(disk.folder);
  assert.deepEqual(keysOf(file), ['k24 succeeded', 'k0 succeeded']);
  assert.equal(file.newestGood('shop')?.verification, 'verified');
  assert.equal(file.alertState(), 'remembered');
  file.close();
});

test('a state folder that cannot be made: memory alone, empty', async (t) => {
  const file = path.join(await folder(t), 'a-file');
  writeFileSync(file, '');
  const history = openResilientHistory(file);
  assert.equal(history.problem()?.code, 'STATE_UNWRITABLE');
  goodRun(history, 0);
  assert.deepEqual(keysOf(history), ['k0 succeeded']);
  rmSync(file);
  mkdirSync(file);
  const [run] = history.runs('backup', 'shop', 1);
  if (run !== undefined) history.recordRun(run);
  history.reopen();
  assert.equal(history.problem(), null);
  history.close();
  const after = openHistory(file);
  assert.deepEqual(keysOf(after), ['k0 succeeded']);
  after.close();
});

test('a state folder that goes away while the service runs: what it knew stays known, and is written once it is back', async (t) => {
  const stateDir = path.join(await folder(t), 'state');
  mkdirSync(stateDir);
  const history = openResilientHistory(stateDir);
  history.recordFirstStart(at);
  goodRun(history, 0);
  renameSync(stateDir, `${stateDir}-gone`);
  writeFileSync(stateDir, 'no folder');
  history.reopen();
  assert.equal(history.problem()?.code, 'STATE_UNWRITABLE');
  assert.deepEqual([history.newestGood('shop')?.key, history.firstStart()], ['k0', at]);
  rmSync(stateDir);
  renameSync(`${stateDir}-gone`, stateDir);
  history.reopen();
  assert.deepEqual([history.problem(), keysOf(history)], [null, ['k0 succeeded']]);
  history.close();
});

test('a history damaged or removed while it is open is noticed before the next run; only who may rename it does', async (t) => {
  const stateDir = await folder(t);
  const file = path.join(stateDir, 'history.db');
  const owner = openResilientHistory(stateDir, { rename: rename(stateDir) });
  goodRun(owner, 0);
  writeFileSync(file, garbage);
  const ofRun = openResilientHistory(stateDir);
  assert.equal(ofRun.problem()?.code, 'HISTORY_DAMAGED');
  ofRun.close();
  assert.deepEqual(readdirSync(stateDir), ['history.db', 'instance-id']);
  owner.reopen();
  const aside = `${file}.damaged-2025-11-30_020000`;
  assert.deepEqual([owner.problem(), owner.takeRenamedPath(), owner.takeRenamedPath()], [null, aside, null]);
  assert.deepEqual(keysOf(owner), []);
  goodRun(owner, 24);
  rmSync(file);
  owner.reopen();
  assert.deepEqual(keysOf(owner), []);
  goodRun(owner, 48);
  owner.close();
  const found = openHistory(stateDir);
  assert.deepEqual(keysOf(found), ['k48 succeeded']);
  found.close();
});

test('a damaged history takes its journal along, and a second one gets a name of its own', async (t) => {
  const stateDir = await folder(t);
  for (const _ of [1, 2]) {
    for (const name of ['history.db', 'history.db-journal']) writeFileSync(path.join(stateDir, name), garbage);
    renameDamaged(stateDir, at, 'Asia/Kuala_Lumpur');
  }
  assert.deepEqual(readdirSync(stateDir).toSorted(), [
    'history.db.damaged-2025-11-30_020000',
    'history.db.damaged-2025-11-30_020000-2',
    'history.db.damaged-2025-11-30_020000-2-journal',
    'history.db.damaged-2025-11-30_020000-journal',
  ]);
});
