import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { runBackup } from '../../jobs/backup/run.ts';
import { storeState } from '../../jobs/backup/state/store-state.ts';
import { openHistory, readHistory } from '../../jobs/monitoring/history/open-history.ts';
import { type Checkpoint, noCheckpoint } from '../../jobs/restore/files/checkpoint.ts';
import type { CliOptions } from '../../jobs/restore/options/cli-options.ts';
import type { Prompt } from '../../jobs/restore/plan/prompts.ts';
import { currentState } from '../../jobs/restore/state/current-state.ts';
import { putState, unfinishedPut } from '../../jobs/restore/state/put-state.ts';
import type { Environment } from '../../jobs/runtime/cli-context.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import { openSummaryStore } from '../../jobs/summary/storage/summary-store.ts';
import { makeScene, type Scene } from '../backup/scene.ts';
import { needs } from '../lab/parts.ts';
import { instantOf } from '../summary/scene.ts';
import { type ActionResult, runRestore } from './run-action.ts';

const goodKey = 'sqlite-backups/daily/shop_2025-11-27_020000.db.gz';

/** A host that worked for a while, whose state is stored; it has sent two days, and was about to send a third. */
async function makeOldHost(t: TestContext, environment: Environment = {}): Promise<Scene> {
  const scene = await makeScene(t, environment);
  const now = scene.deps().clock.now();
  scene.history.recordFirstStart(now);
  const run = scene.history.startRun('backup', 'shop', now);
  scene.history.finishRun(run, 'succeeded', now, { key: goodKey });
  scene.history.recordVerification(goodKey, 'verified', now);
  scene.history.recordAcceptance(goodKey, now);
  const { ledger, close } = openSummaryStore(scene.settings.stateDir);
  for (const day of ['2025-11-25', '2025-11-26']) {
    ledger.addPending(day, ['owner@example.com'], now);
    ledger.claim(day, 'owner@example.com', ['pending'], now);
    ledger.finish(day, 'owner@example.com', { state: 'accepted', reply: '250 OK', code: null }, now);
  }
  ledger.addPending('2025-11-27', ['owner@example.com'], now);
  close();
  mkdirSync(path.join(scene.settings.stateDir, 'report-copy'));
  writeFileSync(path.join(scene.settings.stateDir, 'report-copy', 'summary.yaml'), 'title: Shop\n');
  await store(scene, '2025-11-28T02:00:09');
  return scene;
}

async function store(scene: Scene, local: string): Promise<void> {
  scene.setClock(local);
  await storeState(scene.database, { ...scene.deps(), stagingFolder: path.join(scene.settings.stagingDir, 'state') });
}

const name = 'shop-state_2025-11-28_020009.db.gz';

/** A new machine: the same settings, and nothing but the folder for STATE_DIR. */
function newHost(scene: Scene): { environment: Environment; stateDir: string } {
  const stateDir = path.join(scene.folder, 'new-host', 'state');
  mkdirSync(stateDir, { recursive: true });
  return { environment: { ...scene.environment, STATE_DIR: stateDir }, stateDir };
}

type RunStateOptions = { options?: Partial<CliOptions>; checkpoint?: Checkpoint; prompt?: Prompt };

function restoreState(environment: Environment, { options, ...deps }: RunStateOptions = {}): Promise<ActionResult> {
  return runRestore(undefined, environment, { ...deps, options: { state: true, ...options } });
}

/** Names below STATE_DIR, stamps as STAMP. */
const filesIn = (stateDir: string) =>
  readdirSync(stateDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(stateDir, path.join(entry.parentPath, entry.name)))
    .map((file) => file.replace(/\d{4}-\d\d-\d\d_\d{6}/, 'STAMP'))
    .toSorted();

const restored = ['history.db', 'report-copy/summary.yaml', 'summaries.db'];
const complete = [...restored, 'instance-id'].toSorted();

function deliveries(stateDir: string): string[] {
  const { ledger, close } = openSummaryStore(stateDir);
  const all = ledger.sinceDay('').map(({ day, state }) => `${day} ${state}`);
  close();
  return all;
}

test('on an empty host everything is back: history, what was accepted, who got which day, the report', async (t) => {
  const scene = await makeOldHost(t);
  const { environment, stateDir } = newHost(scene);
  const { ending, text } = await restoreState(environment);
  assert.equal(ending, 'done', text);
  assert.equal(
    text.replace(/\), .* ago\n/, '), AGE ago\n').replaceAll(scene.folder, 'FOLDER'),
    `
Restore the state sqlite-backups/state/${name}
  from                      file://FOLDER/store
  stored                    2025-11-28 02:00:09 (Asia/Kuala_Lumpur), AGE ago
  into                      FOLDER/new-host/state
  history.db                history of the backups, newest good backup of shop 2025-11-27 02:00:00
  report-copy/summary.yaml  12 B
  summaries.db              ledger of 3 days of summaries, the last 2025-11-27
  NOTE: what happened after 2025-11-28 02:00:09 is not in it. A summary due since then that it does not know goes out only by \`nightshift summary send\`.

Restored the state sqlite-backups/state/${name} into FOLDER/new-host/state.
  The report that SUMMARY_REPORT named is FOLDER/new-host/state/report-copy/summary.yaml: put it where SUMMARY_REPORT names it here.
  Next: \`nightshift restore latest\` for the database, then start the services.
`,
  );
  assert.deepEqual(filesIn(stateDir), complete);
  const { history } = readHistory(stateDir);
  assert.deepEqual([...(history?.verifications() ?? [])], [[goodKey, 'verified']]);
  assert.equal(history?.newestGood('shop')?.key, goodKey);
  history?.close();
  assert.equal(readFileSync(path.join(stateDir, 'report-copy', 'summary.yaml'), 'utf8'), 'title: Shop\n');
});

test('a mail that the old host was about to send is uncertain: it may have gone out since', async (t) => {
  const scene = await makeOldHost(t);
  const { environment, stateDir } = newHost(scene);
  await restoreState(environment);
  assert.deepEqual(deliveries(stateDir), ['2025-11-27 uncertain', '2025-11-26 accepted', '2025-11-25 accepted']);
});

test('a dry run and a no change nothing, not even a folder', async (t) => {
  const scene = await makeOldHost(t);
  const { environment, stateDir } = newHost(scene);
  const shown = await restoreState(environment, { options: { dryRun: true } });
  assert.match(shown.text, /\nNothing was done \(--dry-run\)\.\n$/);
  const refused = await restoreState(environment, { prompt: async () => 'n' });
  assert.equal(refused.ending, 'RESTORE_DECLINED');
  const unasked = await runRestore(undefined, environment, { options: { state: true }, prompt: null });
  assert.equal(unasked.ending, 'ARGUMENT_INVALID');
  assert.deepEqual(readdirSync(stateDir), []);
});

test('a state that remembers something is put aside only when asked', async (t) => {
  const scene = await makeOldHost(t);
  const { environment, stateDir } = newHost(scene);
  assert.equal((await restoreState(environment)).ending, 'done');
  const again = await restoreState(environment);
  assert.equal(again.ending, 'STATE_NOT_EMPTY');
  assert.match(
    again.text,
    /history\.db \(1 × verified backup, 1 × accepted backup\), .*summaries\.db \(3 × mail of a summary\)\./,
  );
  assert.deepEqual(filesIn(stateDir), complete);
  const told = await restoreState(environment, { options: { replaceState: true } });
  assert.equal(told.ending, 'done', told.text);
  const kept = restored.map((file) => `state-before-STAMP/${file}`);
  assert.deepEqual(filesIn(stateDir), [...complete, ...kept].toSorted());
});

test('the new host goes on with the backups of the old one and its own, and reports the old one when that still works', async (t) => {
  const scene = await makeOldHost(t);
  /** Returns its key, and which of another host it complains of. */
  const backUp = async (local: string, stateDir: string) => {
    const history = openHistory(stateDir);
    scene.setClock(local);
    scene.sql(`INSERT INTO notes VALUES ('${local}')`);
    const deps = scene.deps({ settings: { ...scene.settings, stateDir }, history });
    const { key, housekeeping } = await runBackup(scene.database, deps).finally(history.close);
    return { key, other: housekeeping?.message.split(',')[0] ?? null };
  };
  const hoursFromNow = (hours: number) =>
    Temporal.Now.plainDateTimeISO(scene.settings.zone).add({ hours }).toString({ smallestUnit: 'second' });
  const old = scene.settings.stateDir;
  const { environment, stateDir } = newHost(scene);
  const first = await backUp('2025-11-28T03:00:00', old);
  const early = await backUp('2025-11-28T04:00:00', stateDir);
  const { ending, text } = await restoreState(environment, { options: { replaceState: true } });
  assert.equal(ending, 'done', text);
  const after = await backUp(hoursFromNow(1), stateDir);
  const ofOld = await backUp(hoursFromNow(2), old);
  const last = await backUp(hoursFromNow(3), stateDir);
  assert.deepEqual(
    [first, early, after, ofOld, last].map(({ other }) => other),
    [null, first.key, null, after.key, ofOld.key],
  );
});

test('runs of a new host that failed, and a ledger without a day, are no state', async (t) => {
  const { settings, history } = await makeScene(t);
  const at = instantOf('2025-11-29T02:00:00');
  const run = history.startRun('backup', 'shop', at);
  history.finishRun(run, 'failed', at, { code: 'DATABASE_MISSING', message: 'No file.' });
  openSummaryStore(settings.stateDir).close();
  assert.deepEqual(currentState(settings.stateDir), []);
  writeFileSync(path.join(settings.stateDir, 'summaries.db'), 'no database');
  assert.match(
    currentState(settings.stateDir).join(),
    /summaries\.db \(which cannot be read: file is not a database\)$/,
  );
});

test('a service that has it open is found, named and refused: it would go on writing into what was put aside', async (t) => {
  const scene = await makeOldHost(t);
  const { environment, stateDir } = newHost(scene);
  const file = path.join(stateDir, 'summaries.db');
  openSummaryStore(stateDir).close();
  const held = openSync(file, 'r');
  const holder = spawn('sleep', ['60'], { stdio: [held, 'ignore', 'ignore'] });
  closeSync(held);
  t.after(() => holder.kill());
  const { ending, text } = await restoreState(environment, { options: { replaceState: true } });
  assert.equal(ending, 'DATABASE_IN_USE');
  assert.match(text, new RegExp(`${file} is open in process ${holder.pid} \\(sleep 60.*\\)\\.`));
  assert.match(text, /`docker stop sqlite-backup backend-dailysummary`/);
  assert.deepEqual(filesIn(stateDir), ['summaries.db']);
});

function makeFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}

const dieAt =
  (wanted: string): Checkpoint =>
  (at) => {
    if (at === wanted) throw new Error('killed');
  };

test('killed anywhere, STATE_DIR is as it was or, after one more command, all of the new', async (t) => {
  const scene = await makeOldHost(t);
  const { environment, stateDir } = newHost(scene);
  for (const file of ['history.db', 'summaries.db']) writeFileSync(path.join(stateDir, file), '');
  const moments: { at: string; folder: string }[] = [];
  const keepMoment: Checkpoint = (at) => {
    const folder = path.join(scene.folder, 'moments', String(moments.length));
    cpSync(stateDir, folder, { recursive: true });
    moments.push({ at, folder });
  };
  await restoreState(environment, { checkpoint: keepMoment });
  const begun = moments.filter(({ folder }) => unfinishedPut(folder) !== null);
  for (const { at, folder } of moments.filter((moment) => !begun.includes(moment))) {
    assert.deepEqual(
      ['history.db', 'summaries.db'].map((file) => statSync(path.join(folder, file)).size),
      [0, 0],
      at,
    );
  }
  const files = ['summaries.db', 'report-copy', 'history.db'];
  assert.deepEqual(
    begun.map(({ at }) => at),
    files.flatMap((file) => [...(file === 'report-copy' ? [] : [`put aside: ${file}`]), `in place: ${file}`]),
  );
  for (const { at, folder } of begun) {
    await putState(folder, instantOf('2025-11-28T11:00:00'), noCheckpoint);
    assert.deepEqual(
      filesIn(folder).filter((file) => !file.startsWith('state-before-')),
      complete,
      at,
    );
    assert.equal(deliveries(folder).length, 3, at);
  }
  const halfDone = begun[1]?.folder ?? '';
  rmSync(halfDone, { recursive: true });
  await restoreState(
    { ...environment, STATE_DIR: makeFolder(halfDone) },
    { checkpoint: dieAt('in place: summaries.db') },
  );
  const next = await restoreState({ ...environment, STATE_DIR: halfDone });
  assert.match(
    next.text,
    /^Finished what was interrupted: the state sqlite-backups\/state\/shop-state_.* is in place in .*\.\n/,
  );
  assert.equal(next.ending, 'done');
  const [first] = moments;
  assert.equal((await restoreState({ ...environment, STATE_DIR: first?.folder })).ending, 'done');
  assert.deepEqual(
    filesIn(first?.folder ?? '').filter((file) => file.startsWith('.')),
    [],
  );
});

test('a folder that cannot be written is a clear error, and nothing of it stays', needs('root'), async (t) => {
  const scene = await makeOldHost(t);
  const missing = await restoreState({ ...scene.environment, STATE_DIR: path.join(scene.folder, 'a', 'b') });
  assert.equal(missing.ending, 'STATE_UNWRITABLE');
  const { environment, stateDir } = newHost(scene);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'none', stateDir]);
  try {
    const full = await restoreState(environment);
    assert.equal(full.ending, 'DISK_FULL', full.text);
    assert.deepEqual(readdirSync(stateDir), []);
  } finally {
    execFileSync('umount', [stateDir]);
  }
});

test('encrypted as backups are: it needs the key, and says so', async (t) => {
  const key = await generateIdentity();
  const scene = await makeOldHost(t, { BACKUP_AGE_RECIPIENTS: await identityToRecipient(key) });
  const { environment, stateDir } = newHost(scene);
  assert.equal((await restoreState(environment)).ending, 'ARCHIVE_IDENTITY_MISSING');
  const files = { right: key, wrong: await generateIdentity() };
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(scene.folder, file), text);
  const wrong = await restoreState(environment, { options: { identity: path.join(scene.folder, 'wrong') } });
  assert.equal(wrong.ending, 'ARCHIVE_IDENTITY_WRONG');
  assert.deepEqual(readdirSync(stateDir), []);
  const right = await restoreState(environment, { options: { identity: path.join(scene.folder, 'right') } });
  assert.equal(right.ending, 'done', right.text);
  assert.match(right.text, /Restore the state .*\.db\.gz\.age\n/);
});

test('nothing there, another bucket, a damaged one: each says what it is, and changes nothing', async (t) => {
  const scene = await makeOldHost(t);
  const { environment, stateDir } = newHost(scene);
  const elsewhere = await restoreState({ ...environment, BACKUP_PREFIX: 'other/' });
  assert.equal(elsewhere.ending, 'OBJECT_MISSING');
  assert.match(elsewhere.text, /has no state backup below other\/state\/\./);
  const other = await restoreState({ ...environment, DATABASE_PATH: '/data/cafe.db' });
  assert.equal(other.ending, 'ARGUMENT_INVALID');
  assert.match(other.text, /has state backups, but none of a host with cafe\./);
  const typed = await restoreState(environment, { options: { state: 'shop-state_2025-11-29_020000' } });
  assert.equal(typed.ending, 'OBJECT_MISSING');
  assert.match(
    typed.text,
    /There are:\n +shop-state_2025-11-28_020009\.db\.gz {2}stored 2025-11-28 02:00:09, of a history since/,
  );
  const file = path.join(scene.folder, 'store', 'sqlite-backups', 'state', name);
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, bytes.length - 100));
  const cut = await restoreState(environment);
  assert.equal(cut.ending, 'ARCHIVE_UNREADABLE');
  assert.deepEqual(readdirSync(stateDir), []);
});

test('by its name, with or without ending, or its key', async (t) => {
  const scene = await makeOldHost(t);
  await store(scene, '2025-11-29T02:00:00');
  const { environment } = newHost(scene);
  for (const state of [
    name,
    'shop-state_2025-11-28_020009',
    `sqlite-backups/state/${name}`,
    `s3://bucket/state/${name}`,
  ]) {
    const { text } = await restoreState(environment, { options: { state, dryRun: true } });
    assert.match(text, new RegExp(`Restore the state sqlite-backups/state/${name}\n`), state);
  }
  const newest = await restoreState(environment, { options: { dryRun: true } });
  assert.match(newest.text, /Restore the state sqlite-backups\/state\/shop-state_2025-11-29_020000/);
});

test('a new host that worked on by itself has stored its own: which of the two is meant is asked, not guessed', async (t) => {
  const scene = await makeOldHost(t);
  const { stateDir } = newHost(scene);
  const second = await makeOldHost(t, { BACKUP_STORE: scene.environment['BACKUP_STORE'] });
  second.history.close();
  rmSync(path.join(second.settings.stateDir, 'history.db'));
  const fresh = openHistory(second.settings.stateDir);
  fresh.recordFirstStart(instantOf('2025-11-28T10:00:00'));
  fresh.recordVerification(
    'sqlite-backups/daily/shop_2025-11-28_100000.db.gz',
    'verified',
    instantOf('2025-11-28T10:00:00'),
  );
  fresh.recordRun({
    ...{ id: 1, job: 'backup', database: 'shop', outcome: 'succeeded', step: 'prune', verification: 'verified' },
    ...{ startedAt: instantOf('2025-11-28T10:00:00'), finishedAt: instantOf('2025-11-28T10:00:01') },
    ...{ key: 'sqlite-backups/daily/shop_2025-11-28_100000.db.gz', snapshotBytes: 1, archiveBytes: 1, rows: 1 },
    ...{ suspect: null, code: null, message: null },
  });
  second.setClock('2025-11-28T10:00:05');
  const stagingFolder = path.join(second.settings.stagingDir, 'state');
  await storeState(second.database, { ...second.deps({ history: fresh }), stagingFolder });
  fresh.close();
  const environment = { ...scene.environment, STATE_DIR: stateDir };
  const asked = await restoreState(environment);
  assert.equal(asked.ending, 'ARGUMENT_INVALID');
  assert.match(asked.text, /2 hosts, or one that began anew, have stored their state for shop: which one is meant\?/);
  assert.match(
    asked.text,
    /shop-state_2025-11-28_100005\.db\.gz {2}stored .*, of a history since 2025-11-28 10:00:00\n/,
  );
  assert.match(asked.text, /stored 2025-11-28 02:00:09, of a history since 2025-11-27 02:00:00/);
  assert.deepEqual(readdirSync(stateDir), []);
});

test('the first backup without the database says what the store has, uploads nothing and removes nothing', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.deps());
  const before = await scene.keys();
  const { stateDir } = newHost(scene);
  const history = openHistory(stateDir);
  t.after(() => history.close());
  const database = { name: 'shop', path: path.join(scene.folder, 'new-host', 'shop.db') };
  const settings = { ...scene.settings, stateDir, databases: [database] };
  const run = runBackup(database, scene.deps({ settings, history }));
  await assert.rejects(run, {
    code: 'DATABASE_MISSING',
    message:
      /The store has 1 backup of shop, the newest sqlite-backups\/daily\/shop_2025-11-27_020000\.db\.gz; nothing of them was changed\.$/,
    hint: /On a new host: `nightshift restore --state`, then `nightshift restore latest`\.$/,
  });
  assert.deepEqual(await scene.keys(), before);
});

test('the first backup on a new host whose state was not brought back says that there is one', async (t) => {
  const scene = await makeOldHost(t);
  const { stateDir } = newHost(scene);
  const history = openHistory(stateDir);
  t.after(() => history.close());
  history.recordFirstStart(instantOf('2025-11-28T10:00:00'));
  scene.setClock('2025-11-28T10:00:00');
  scene.lines.length = 0;
  await runBackup(scene.database, scene.deps({ settings: { ...scene.settings, stateDir }, history }));
  const [warning = ''] = scene.lines.filter((line) => line.startsWith('this STATE_DIR'));
  assert.equal(
    warning,
    `this STATE_DIR has no good backup of shop on record, and the store has the state of an earlier host, or of before it was lost (sqlite-backups/state/${name}, stored 2025-11-28 02:00:09): its history, what was accepted, who got which summary. To bring it back, stop both services, then: nightshift restore --state`,
  );
});

test('a store that does not show the states of earlier hosts costs no first backup', async (t) => {
  const scene = await makeScene(t);
  const { store } = scene.deps();
  const refused = new Failure('STORE_DENIED', 'The state folder is not shown.', 'Allow it.');
  const list: typeof store.list = (prefix, signal) =>
    prefix.includes('/state/') ? Promise.reject(refused) : store.list(prefix, signal);
  assert.equal((await runBackup(scene.database, scene.deps({ store: { ...store, list } }))).verification, 'verified');
  const said = scene.lines.filter((line) =>
    line.startsWith('whether the store has the state of an earlier host is not'),
  );
  assert.equal(said.length, 1);
});
