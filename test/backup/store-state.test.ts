import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { layoutBelow } from '../../jobs/archives/backup-kinds.ts';
import { unpackState } from '../../jobs/archives/state/state-archive.ts';
import { parseStateKey, stateFolder } from '../../jobs/archives/state/state-names.ts';
import { storeState } from '../../jobs/backup/state/store-state.ts';
import { processEntry, runProcess } from '../../jobs/runtime/child-process.ts';
import type { ObjectStore } from '../../jobs/store/store.ts';
import { openSummaryStore } from '../../jobs/summary/storage/summary-store.ts';
import { nightshift } from '../nightshift.ts';
import { makeScene, type Scene } from './scene.ts';

/** A host that has a good backup and a ledger, on its first day. */
async function makeHost(t: TestContext, environment = {}): Promise<Scene> {
  const scene = await makeScene(t, environment);
  const now = scene.deps().clock.now();
  scene.history.recordFirstStart(now);
  const run = scene.history.startRun('backup', 'shop', now);
  scene.history.finishRun(run, 'succeeded', now, { key: goodKey });
  scene.history.recordVerification(goodKey, 'verified', now);
  const ledger = openSummaryStore(scene.settings.stateDir);
  ledger.ledger.addPending('2025-11-26', ['owner@example.com'], now);
  ledger.close();
  return scene;
}

const goodKey = 'sqlite-backups/daily/shop_2025-11-27_020000.db.gz';

/** Stores what looks like state backups of a host, one a minute of 2025-11-28 from 01:10. Returns their names. */
async function lay(scene: Scene, count: number, since: string): Promise<string[]> {
  const file = path.join(scene.folder, 'laid');
  writeFileSync(file, 'a state');
  const names: string[] = [];
  for (let minute = 10; minute < 10 + count; minute += 1) {
    const metadata = {
      'snapshot-sha256': 'a'.repeat(64),
      'archive-sha256': 'b'.repeat(64),
      'taken-at': `2025-11-27T17:${minute}:00Z`,
      'state-since': since,
    };
    const name = `shop-state_2025-11-28_01${minute}00.db.gz`;
    await scene.store.put(`sqlite-backups/state/${name}`, file, metadata);
    names.push(name);
  }
  return names;
}

/** When the history of `makeHost` began. */
const begun = '2025-11-26T18:00:00Z';

function store(scene: Scene, changes: { store?: ObjectStore; signal?: AbortSignal } = {}): Promise<void> {
  const stagingFolder = path.join(scene.settings.stagingDir, 'state');
  return storeState(scene.database, { ...scene.deps(changes), stagingFolder });
}

const stateKeys = async (scene: Scene) =>
  (await scene.store.list('sqlite-backups/state/')).map(({ key }) => key.slice('sqlite-backups/state/'.length));

function unpacked(scene: Scene, name: string) {
  const file = path.join(scene.folder, 'store', 'sqlite-backups', 'state', name);
  return unpackState(gunzipSync(readFileSync(file)), name);
}

test('the state beside the backups holds history, ledger and reports, and nothing else of STATE_DIR', async (t) => {
  const scene = await makeHost(t);
  const { stateDir } = scene.settings;
  for (const folder of ['report', 'report-copy/more', 'outbox'])
    mkdirSync(path.join(stateDir, folder), { recursive: true });
  for (const name of [
    'report/a.yaml',
    'report/.hidden',
    'report-copy/more/b.yml',
    'outbox/mail.eml',
    'key.txt',
    'history.db.damaged-1',
  ])
    writeFileSync(path.join(stateDir, name), name);
  symlinkSync(path.join(stateDir, 'key.txt'), path.join(stateDir, 'report', 'link.yaml'));
  scene.setClock('2025-11-27T02:00:09');
  await store(scene);
  const name = 'shop-state_2025-11-27_020009.db.gz';
  assert.deepEqual(await stateKeys(scene), [name]);
  const { files, takenAt, since } = unpacked(scene, name);
  assert.deepEqual(
    files.map((file) => file.name),
    ['history.db', 'report-copy/more/b.yml', 'report/a.yaml', 'summaries.db'],
  );
  assert.deepEqual([takenAt.toString(), since?.toString()], ['2025-11-26T18:00:09Z', '2025-11-26T18:00:00Z']);
  assert.deepEqual(scene.staged(), []);
  assert.deepEqual(scene.lines, []);
  const { problem, key } = scene.history.stateBackup() ?? {};
  assert.deepEqual([problem, key], [null, `sqlite-backups/state/${name}`]);
});

test('no listing of backups shows it, and no restore of a database takes it', async (t) => {
  const scene = await makeHost(t);
  await store(scene);
  const { listCommand } = await import('../../jobs/backup/commands/list-command.ts');
  assert.doesNotMatch(await scene.command(listCommand, []), /state_/);
  assert.doesNotMatch(await scene.command(listCommand, ['--json']), /state_/);
});

test('the newest 20 of this history are kept; another host’s, and names that are not ours, are left alone', async (t) => {
  const scene = await makeHost(t);
  const own = await lay(scene, 21, begun);
  const file = path.join(scene.folder, 'laid');
  const strangers = ['shop-state_2024-01-02_020000.db.gz', 'shop-state_2024-01-02_020000.db.gz.bak', 'notes.txt'];
  for (const name of strangers) await scene.store.put(`sqlite-backups/state/${name}`, file, {});
  scene.setClock('2025-11-28T02:00:00');
  await store(scene);
  const newest = 'shop-state_2025-11-28_020000.db.gz';
  assert.deepEqual((await stateKeys(scene)).toSorted(), [...own.slice(2), newest, ...strangers].toSorted());
});

test('what another host stored is never removed: it may be all that is left of it', async (t) => {
  const scene = await makeHost(t);
  const theirs = await lay(scene, 30, '2023-01-01T00:00:00Z');
  scene.setClock('2025-11-28T02:00:00');
  await store(scene);
  assert.deepEqual(await stateKeys(scene), [...theirs, 'shop-state_2025-11-28_020000.db.gz']);
});

test('a host without a good backup stores no state: it would hide that of the host before it', async (t) => {
  const scene = await makeScene(t);
  scene.history.recordFirstStart(scene.deps().clock.now());
  scene.history.startRun('backup', 'shop', scene.deps().clock.now());
  await store(scene);
  assert.deepEqual(await stateKeys(scene), []);
  assert.equal(scene.history.stateBackup(), null);
});

test('a damaged ledger is left out and said; the history is stored, and no older state is removed', async (t) => {
  const scene = await makeHost(t);
  await lay(scene, 20, begun);
  const file = path.join(scene.settings.stateDir, 'summaries.db');
  const bytes = readFileSync(file);
  bytes.fill(0x5a, 4096, 8192);
  writeFileSync(file, bytes);
  scene.setClock('2025-11-28T03:00:00');
  await store(scene);
  assert.equal((await stateKeys(scene)).length, 21);
  const { files } = unpacked(scene, 'shop-state_2025-11-28_030000.db.gz');
  assert.deepEqual(
    files.map(({ name }) => name),
    ['history.db'],
  );
  assert.match(scene.history.stateBackup()?.problem ?? '', /^not all of it could be stored\. .*summaries\.db: /);
  assert.match(scene.lines.join('\n'), /WARNING state of this host: not all of it could be stored/);
});

test('a store that loses it on the way: nothing stays there, the backup stays good, and it is said until it works again', async (t) => {
  const scene = await makeHost(t);
  const losing: ObjectStore = {
    ...scene.store,
    async put(key, file, metadata, transfer) {
      writeFileSync(file, 'something else');
      await scene.store.put(key, file, metadata, transfer);
    },
  };
  await store(scene, { store: losing });
  assert.deepEqual(await stateKeys(scene), []);
  assert.match(scene.history.stateBackup()?.problem ?? '', /shop-state_.* (is damaged|does not read back)/);
  assert.match(scene.lines.join('\n'), /WARNING the state of this host was not stored\. /);
  assert.equal(scene.history.newestGood('shop')?.outcome, 'succeeded');
  await store(scene);
  assert.equal(scene.history.stateBackup()?.problem, null);
});

test('stopped meanwhile it leaves nothing, and is no problem', async (t) => {
  const scene = await makeHost(t);
  await store(scene, { signal: AbortSignal.abort() });
  assert.deepEqual(
    [await stateKeys(scene), scene.staged(), scene.history.stateBackup(), scene.lines],
    [[], [], null, []],
  );
});

test('the names: of one database exactly, in their folder exactly', () => {
  const folder = stateFolder(layoutBelow('sqlite-backups/'));
  const database = (key: string) => parseStateKey(folder, key)?.database ?? null;
  assert.deepEqual(
    [
      'sqlite-backups/state/shop-state_2025-11-28_020000.db.gz',
      'sqlite-backups/state/shop-state-state_2025-11-28_020000.db.zst.age',
      'sqlite-backups/state/shop_2025-11-28_020000.db.gz',
      'sqlite-backups/state/shop-state_2025-02-30_020000.db.gz',
      'sqlite-backups/state/more/shop-state_2025-11-28_020000.db.gz',
      'sqlite-backups/daily/shop-state_2025-11-28_020000.db.gz',
    ].map(database),
    ['shop', 'shop-state', null, null, null, null],
  );
});

test('stock SQLite takes the files out of it', async (t) => {
  const scene = await makeHost(t);
  await store(scene);
  const [name = ''] = await stateKeys(scene);
  const plain = gunzipSync(readFileSync(path.join(scene.folder, 'store', 'sqlite-backups', 'state', name)));
  const rows = new Sqlite(plain)
    .prepare('SELECT name, mode, sz = length(data) AS isWhole FROM sqlar ORDER BY 1')
    .raw()
    .all();
  assert.deepEqual(rows, [
    ['history.db', 0o100_600, 1],
    ['summaries.db', 0o100_600, 1],
  ]);
  assert.equal(existsSync(path.join(scene.settings.stagingDir, 'state')), false);
});

test('`nightshift backup` stores it; when it cannot, the backup is good all the same, and status says what is wrong', async (t) => {
  const scene = await makeScene(t);
  const { code, out } = await nightshift(['backup'], scene.environment);
  assert.equal(code, 0);
  assert.equal((await stateKeys(scene)).length, 1);
  const folder = path.join(scene.folder, 'store', 'sqlite-backups', 'state');
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'in the way');
  const without = await nightshift(['backup'], scene.environment);
  assert.equal(without.code, 0, out);
  assert.match(without.out, /Backup completed successfully\n/);
  assert.match(without.err, /WARNING the state of this host was not stored\. STORE_/);
  assert.deepEqual(scene.staged(), []);
  const status = await nightshift(['status'], scene.environment);
  assert.equal(status.code, 1);
  assert.match(status.out, /problem .*the state of this host is not backed up: /);
});

test('between two backups the service stores it by a process of its own', async (t) => {
  const scene = await makeHost(t);
  const entry = processEntry('state-process', new URL('../../jobs/backup/state/watch-ledger.ts', import.meta.url).href);
  const options = { execArgv: [], output: 'ignore', signal: null, stopGraceMs: 0 } as const;
  const { exitCode } = await runProcess(entry, [], { ...options, env: { ...process.env, ...scene.environment } });
  assert.equal(exitCode, 0);
  assert.equal((await stateKeys(scene)).length, 1);
  assert.equal(scene.history.stateBackup()?.problem, null);
  assert.deepEqual(scene.staged(), []);
});
