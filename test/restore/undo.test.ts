import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { findSafetyCopy } from '../../jobs/restore/choice/safety-copies.ts';
import { safetyCopySource } from '../../jobs/restore/choice/safety-copy-source.ts';
import { noCheckpoint } from '../../jobs/restore/files/checkpoint.ts';
import type { CliOptions } from '../../jobs/restore/options/cli-options.ts';
import { restoreOptionsOf } from '../../jobs/restore/options/parse-options.ts';
import { defaultOwner } from '../../jobs/restore/options/restore-options.ts';
import { restore } from '../../jobs/restore/run/restore.ts';
import { dockerServiceManager } from '../../jobs/restore/services/docker/docker-service-manager.ts';
import { noDocker } from '../../jobs/restore/services/docker/no-docker.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import { createLog } from '../../jobs/runtime/log.ts';
import { terminalProgress } from '../../jobs/runtime/progress.ts';
import { fakeEngine, picky, readServices, web } from './fake-engine.ts';
import { filesBeside } from './restore-scene.ts';
import { fastClock, runRestore } from './run-action.ts';
import { complete, foldWal, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
});
after(() => databases.remove());
beforeEach(() => {
  databases.reset();
  foldWal(databases.database);
});

const restoreLatest = () => run('latest', {});
const undo = (options: Partial<CliOptions> = {}) => run(undefined, { undo: true, ...options });

async function run(file: string | undefined, options: Partial<CliOptions>): Promise<string> {
  const { ending, text } = await runRestore(file, databases.environment, { options });
  assert.equal(ending, 'done', text);
  return text;
}

/** Names of the safety copies, the oldest first. */
function copies(): string[] {
  return readdirSync(path.dirname(databases.database))
    .filter((name) => /^shop\.db\.backup-[\d_-]+$/.test(name))
    .toSorted();
}
const beside = (name: string) => path.join(path.dirname(databases.database), name);

function whose(file: string) {
  const { ino, uid, gid, mode } = statSync(file);
  return { ino, owner: `${uid}:${gid}`, mode: (mode & 0o7777).toString(8) };
}

/** Whole lines of a text, with what differs from run to run named. */
function lines(text: string, pattern: RegExp): string[] {
  const key = /sqlite-backups\/daily\/\S+\.gz/g;
  return text
    .split('\n')
    .filter((line) => pattern.test(line))
    .map((line) =>
      line
        .replace(key, 'KEY')
        .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')
        .trim(),
    );
}

function giveToService(): void {
  if (process.getuid?.() === 0) chownSync(databases.database, 1234, 1235);
  chmodSync(databases.database, 0o600);
}

test('undo gives back the very file, with its owner and mode; what is undone stays, under a name of its own', async () => {
  giveToService();
  const before = whose(databases.database);
  await restoreLatest();
  const restored = whose(databases.database);
  const text = await undo();
  assert.deepEqual(whose(databases.database), before);
  assert.equal(holds(databases.database), complete.old);
  assert.deepEqual(copies().map(beside).map(whose), [restored]);
  assert.deepEqual(copies().map(beside).map(holds), [complete.new]);
  const records = filesBeside(databases).filter((name) => !/-shm$|-wal$/.test(name));
  assert.deepEqual(records, ['shop.db.backup-STAMP', 'shop.db.backup-STAMP.nightshift-restore']);
  assert.deepEqual(lines(text, /NOTE: |WARNING: /), [
    'NOTE: nothing was written to the current database since KEY was restored, TIME',
  ]);
  await undo();
  assert.deepEqual(whose(databases.database), restored);
  assert.equal(holds(databases.database), complete.new);
});

test('a safety copy whose -wal holds rows is copied, with its owner and mode, and stays', async () => {
  databases.reset();
  giveToService();
  const { owner, mode } = whose(databases.database);
  await restoreLatest();
  const [copy = ''] = copies();
  await undo();
  const { ino: _, ...restored } = whose(databases.database);
  assert.deepEqual(restored, { owner, mode });
  assert.deepEqual([holds(databases.database), holds(beside(copy))], [complete.old, complete.old]);
  assert.equal(copies().length, 2);
});

test('the plan of an undo says what was written since the restore, by table, as far as counts tell', async () => {
  await restoreLatest();
  const database = new Sqlite(databases.database);
  database.exec('UPDATE orders SET total = 7 WHERE id = 1');
  const since =
    'WARNING: WRITTEN since KEY was restored, TIME, and not in what comes back (it stays in the safety copy): ';
  const warning = async () => lines(await undo({ dryRun: true }), /written since|the file of/i);
  assert.deepEqual(await warning(), [
    'WARNING: the file of the current database changed since KEY was restored, TIME, by writes or by a mere checkpoint: no table has more or fewer rows, and whether rows were changed is not known',
  ]);
  database.exec(`INSERT INTO visits VALUES ('a'), ('b'); DELETE FROM orders WHERE id > 1900; CREATE TABLE extra (x)`);
  database.close();
  assert.deepEqual(await warning(), [
    `${since}rows extra is new, 0, orders -100, visits +2; rows that were changed are not counted`,
  ]);
  assert.equal(holds(databases.database), 'new, 1900 orders, ok');
  await undo();
  assert.equal(holds(databases.database), complete.old);
  assert.deepEqual(copies().map(beside).map(holds), ['new, 1900 orders, ok']);
});

test('reading the restored database is no writing to it', async () => {
  await restoreLatest();
  const reader = new Sqlite(databases.database);
  assert.equal(reader.prepare('SELECT count(*) FROM orders').pluck().get(), 2000);
  assert.match(
    await undo({ dryRun: true, ignoreOpenFiles: true }),
    /NOTE: nothing was written to the current database/,
  );
  reader.close();
});

test('a database that no restore put there: what was written since is not known, and so it says', async () => {
  await restoreLatest();
  writeFileSync(`${databases.database}.copy`, readFileSync(databases.database));
  renameSync(`${databases.database}.copy`, databases.database);
  assert.deepEqual(lines(await undo({ dryRun: true }), /since/), [
    'NOTE: not known: what was written to the current database since it was put in place (no restore recorded it)',
  ]);
});

test('after two restores: undo says which copy it takes and lists the others; the original comes back by its name', async () => {
  await restoreLatest();
  const [original = ''] = copies();
  await restoreLatest();
  const [, second = ''] = copies();
  const plan = await undo({ dryRun: true });
  assert.equal(lines(plan, /^Restore /)[0], `Restore ${beside(second)}`);
  const list = plan.slice(plan.indexOf('  Other safety copies'), plan.indexOf('  NOTE'));
  assert.equal(
    list
      .replaceAll(original, 'ORIGINAL')
      .replace(/sqlite-backups\/daily\/\S+/, 'KEY')
      .replace(/ORIGINAL .* (about \d+) /, 'ORIGINAL AGE SIZE $1 ')
      .replace(/ +/g, ' '),
    ` Other safety copies, which --undo NAME brings back:
 NAME AGE SIZE ROWS WHAT IT IS
 ORIGINAL AGE SIZE about 801 replaced by KEY

`,
  );
  await undo({ undo: original });
  assert.equal(holds(databases.database), complete.old);
  const [, third = ''] = copies();
  assert.deepEqual(copies().map(beside).map(holds), [complete.new, complete.new]);
  const listed = await run(undefined, { safetyCopies: true });
  assert.match(listed, new RegExp(`^${third} .* 2,001 +replaced by ${original}$`, 'm'));
});

test('a copy that was written to since it was put aside comes back, and the plan says that', async () => {
  await restoreLatest();
  const [copy = ''] = copies();
  new Sqlite(beside(copy)).exec("INSERT INTO visits VALUES ('a')").close();
  assert.deepEqual(lines(await undo({ dryRun: true }), /put aside/), [
    'NOTE: it was written to after it was put aside',
  ]);
});

test('a copy that was moved to another disk and linked to is copied back, with its owner and mode', async () => {
  giveToService();
  const { owner, mode } = whose(databases.database);
  await restoreLatest();
  const [copy = ''] = copies();
  const elsewhere = path.join(databases.folder, 'elsewhere.db');
  for (const part of ['', '-wal']) {
    renameSync(beside(copy) + part, elsewhere + part);
    symlinkSync(elsewhere + part, beside(copy) + part);
  }
  await undo();
  assert.equal(holds(databases.database), complete.old);
  const back = whose(databases.database);
  assert.deepEqual({ owner: back.owner, mode: back.mode }, { owner, mode });
  assert.equal(holds(elsewhere), complete.old);
});

test('an undo that is rolled back leaves the restored database, and the safety copy under its name', async () => {
  const file = path.join(databases.folder, 'services.json');
  const engine = fakeEngine(file, databases.database);
  writeFileSync(file, '{}');
  await restoreLatest();
  const [copy = ''] = copies();
  const original = whose(beside(copy)).ino;
  writeFileSync(file, JSON.stringify({ web, sick: { ...picky, healthyOn: 'none' } }));
  const { ending, text } = await runRestore(undefined, databases.environment, {
    engine,
    options: { undo: true, docker: true },
  });
  assert.equal(ending, 'RESTORE_ROLLED_BACK', text);
  assert.match(text, new RegExp(`What services wrote meanwhile is kept in ${beside(copy)}\\.`));
  assert.equal(holds(databases.database), complete.new);
  assert.equal(whose(beside(copy)).ino, original);
  assert.deepEqual(copies(), [copy]);
  assert.equal(readServices(file)['web']?.running, true);
});

test('with another owner or mode a copy of the safety copy comes back, and the safety copy stays', async () => {
  await restoreLatest();
  const [copy = ''] = copies();
  await undo({ mode: 0o640 });
  assert.equal(whose(databases.database).mode, '640');
  assert.equal(holds(databases.database), complete.old);
  assert.equal(holds(beside(copy)), complete.old);
});

test('an undo whose copy another undo took while it waited says so', async () => {
  await restoreLatest();
  const copy = findSafetyCopy(databases.database, null);
  const options = { zone: 'UTC', allow: { damagedCopy: false }, owner: { ids: null, mode: null, keep: false } };
  const source = safetyCopySource(copy, options, fastClock);
  renameSync(copy.path, `${copy.path}.taken`);
  const deps = {
    ...{ clock: fastClock, log: createLog(fastClock, 'UTC', { out() {}, err() {} }), checkpoint: noCheckpoint },
    ...{ progress: terminalProgress(), signal: new AbortController().signal },
  };
  await assert.rejects(source.stage(beside('staged'), { ...defaultOwner, attributesOf: null }, deps), {
    code: 'SAFETY_COPY_MISSING',
    message: `${copy.path} is not there any more.`,
  });
});

test('which copy is undone is chosen once the lock is held: a restore that ran until then has made a newer one', async () => {
  const lock = `${databases.database}.nightshift-lock`;
  const seen: boolean[] = [];
  const choose = () => {
    seen.push(existsSync(lock));
    throw new Failure('INTERRUPTED', 'chosen', 'nothing');
  };
  const deps = {
    ...{ clock: fastClock, log: createLog(fastClock, 'UTC', { out() {}, err() {} }), checkpoint: noCheckpoint },
    ...{ progress: terminalProgress(), signal: new AbortController().signal, out() {}, bold: (text: string) => text },
    ...{ prompt: null, services: dockerServiceManager(noDocker, fastClock) },
    settings: { stateDir: path.join(databases.folder, 'state'), zone: 'UTC', restoreServices: [] },
  };
  const typed = {
    file: undefined,
    folder: undefined,
    undo: true,
    yes: true,
    docker: false,
    healthRollback: true,
  } as const;
  const database = { name: 'shop', path: databases.database };
  assert.equal(existsSync(lock), false);
  await assert.rejects(restore(choose, database, restoreOptionsOf(typed), deps), { message: 'chosen' });
  assert.deepEqual(seen, [true]);
});

test('a copy that is written to between its check and the switch is not put in place', async () => {
  await restoreLatest();
  const [copy = ''] = copies();
  const checkpoint = (name: string) => {
    if (name === 'safety copy verified') new Sqlite(beside(copy)).exec("INSERT INTO visits VALUES ('late')").close();
  };
  const { ending, text } = await runRestore(undefined, databases.environment, { checkpoint, options: { undo: true } });
  assert.equal(ending, 'RESTORE_ROLLED_BACK', text);
  assert.match(text, new RegExp(`${copy} was written to since it was verified\\.`));
  assert.equal(holds(databases.database), complete.new);
  assert.deepEqual(copies(), [copy]);
});

test('removing a safety copy removes what is recorded of it', async () => {
  await restoreLatest();
  const [copy = ''] = copies();
  assert.equal(whose(`${beside(copy)}.nightshift-restore`).owner, whose(beside(copy)).owner);
  await run(undefined, { safetyCopies: true, remove: copy });
  assert.deepEqual(filesBeside(databases), []);
});
