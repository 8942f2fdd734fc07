import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, renameSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { safetyCopies } from '../../jobs/restore/choice/safety-copies.ts';
import type { CliOptions } from '../../jobs/restore/options/cli-options.ts';
import { acquireLock } from '../../jobs/sqlite/lock/lock.ts';
import { needs } from '../lab/parts.ts';
import { type FakeServices, fakeEngine, web } from './fake-engine.ts';
import { runRestore } from './run-action.ts';
import { leftBeside, shopOnSmallDisk } from './small-disk.ts';
import { complete, foldWal, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
});
after(() => databases.remove());

const both: FakeServices = { web, worker: web };
const writeServices = (services: FakeServices) =>
  writeFileSync(path.join(databases.folder, 'services.json'), JSON.stringify(services));

/** `restore ARGS` in a terminal, whose questions get these answers, each after what `meanwhile` does. */
async function asked(answers: readonly string[], meanwhile: () => unknown, options: Partial<CliOptions> = {}) {
  const questions: string[] = [];
  const prompt = async (question: string) => {
    questions.push(question);
    if (questions.length === 1) await meanwhile();
    return answers[questions.length - 1] ?? 'n';
  };
  const engine = fakeEngine(path.join(databases.folder, 'services.json'), databases.database);
  const file = Object.keys(options).length === 0 ? 'latest' : undefined;
  const { ending, text } = await runRestore(file, databases.environment, { engine, options, prompt });
  const changes = text.match(/WARNING While the question was open, (.*)\. It is prepared again\./)?.[1] ?? null;
  return { ending, text, questions, changes };
}

/** What lies beside the database when nothing was changed. */
const untouched = ['shop.db', 'shop.db-shm', 'shop.db-wal'];
const files = () => readdirSync(path.dirname(databases.database)).filter((name) => !/nightshift|\.backup-/.test(name));

async function takeLockForBackup(): Promise<void> {
  const log = { line() {}, warn() {}, failure() {} };
  const { signal } = new AbortController();
  const options = { holder: 'backup', wait: false, log, signal } as const;
  (await acquireLock(databases.database, path.join(databases.folder, 'state'), options)).release();
}

test('while the question is open a scheduled backup has the lock, and rows that come meanwhile are no news', async () => {
  databases.reset();
  writeServices(both);
  const { ending, text, questions } = await asked(['y'], async () => {
    await takeLockForBackup();
    new Sqlite(databases.database).exec('INSERT INTO orders (total) VALUES (1)').close();
  });
  assert.equal(ending, 'done', text);
  assert.deepEqual(questions, ['Restore it? [y/N] ']);
  assert.equal(holds(databases.database), complete.new);
  assert.deepEqual(files(), ['shop.db']);
  const history = new Sqlite(path.join(databases.folder, 'state', 'history.db'), { readonly: true });
  const last = history.prepare("SELECT outcome FROM runs WHERE job = 'restore' ORDER BY id DESC").pluck().get();
  history.close();
  assert.equal(last, 'succeeded');
});

test('services that change while the question is open: it says so, shows the new plan, and asks again', async () => {
  databases.reset();
  writeServices(both);
  const { ending, text, questions, changes } = await asked(['y', 'y'], () => writeServices({ web }));
  assert.equal(ending, 'done', text);
  assert.equal(changes, 'the services to stop have changed: web');
  assert.equal(questions.length, 2);
  assert.match(text.slice(text.lastIndexOf('in this order')), /^in this order:\n {2}1\. web \(.*\)\n\n/);
  assert.equal(holds(databases.database), complete.new);
});

test('a table that fills while the question is open and would be empty after it: asked again', async () => {
  databases.reset();
  writeServices(both);
  const { ending, changes } = await asked(['y', 'n'], () => {
    const statements = 'CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES (1)';
    new Sqlite(databases.database).exec(statements).close();
  });
  assert.equal(ending, 'RESTORE_DECLINED');
  assert.match(
    changes ?? '',
    /^more tables would lose all their rows: notes, and this was found: Its schema is not the same: .*notes/,
  );
});

test('a database that another file takes the place of while the question is open: asked again', async () => {
  databases.reset();
  writeServices({});
  const { ending, changes } = await asked(['y', 'n'], () => {
    copyFileSync(databases.database, `${databases.database}.other`);
    renameSync(`${databases.database}.other`, databases.database);
  });
  assert.equal(ending, 'RESTORE_DECLINED');
  assert.equal(changes, 'the database was replaced by another file');
});

test('another restore that runs while the question is open: the first is prepared again, and its no leaves nothing', async () => {
  databases.reset();
  writeServices({});
  const { ending, text, changes } = await asked(['y', 'n'], async () => {
    const other = await runRestore('latest', databases.environment, {});
    assert.equal(other.ending, 'done', other.text);
  });
  assert.equal(ending, 'RESTORE_DECLINED', text);
  assert.equal(changes, 'another restore began');
  assert.equal(holds(databases.database), complete.new);
  assert.deepEqual(files(), untouched);
});

test('after the answer no room is asked for that the staged file has taken already', needs('root'), async (t) => {
  const { disk, database, environment, engine } = shopOnSmallDisk(t, databases, 'tmpfs', both);
  const prompt = async () => {
    const { bavail, bsize } = statfsSync(disk.folder);
    // The backup has 44 KiB; 16 MiB are left to the services.
    disk.take(bavail * bsize - 16 * 2 ** 20 - 20 * 2 ** 10);
    return 'y';
  };
  const { ending, text } = await runRestore('latest', environment, { engine, prompt });
  assert.equal(ending, 'done', text);
  assert.deepEqual({ holds: holds(database), left: leftBeside(database) }, { holds: complete.new, left: [] });
});

test('an undo takes the safety copy itself, also after a question that was open; written to meanwhile, it is prepared again', async () => {
  databases.reset();
  foldWal(databases.database);
  writeServices({});
  const first = await runRestore('latest', databases.environment, {});
  assert.equal(first.ending, 'done', first.text);
  const [copy = ''] = safetyCopies(databases.database).map((one) => one.path);
  const { ending, text, questions, changes } = await asked(
    ['y', 'y'],
    () => new Sqlite(copy).exec('INSERT INTO orders (total) VALUES (7)').close(),
    { undo: true },
  );
  assert.equal(ending, 'done', text);
  assert.equal(changes, `${path.basename(copy)} was written to, or taken`);
  assert.equal(questions.length, 2);
  assert.deepEqual(
    { holds: holds(databases.database), copies: safetyCopies(databases.database).length, isThere: existsSync(copy) },
    { holds: 'old, 801 orders, ok', copies: 1, isThere: false },
  );
});

test('no leaves nothing, and the lock is free', async () => {
  databases.reset();
  writeServices(both);
  const { ending } = await asked(['n'], takeLockForBackup);
  assert.equal(ending, 'RESTORE_DECLINED');
  assert.deepEqual(files(), untouched);
  await takeLockForBackup();
});

test('the question whether to remove a safety copy does not hold the lock either', async () => {
  databases.reset();
  writeServices({});
  assert.equal((await runRestore('latest', databases.environment, {})).ending, 'done');
  const copy = readdirSync(path.dirname(databases.database)).find((name) => /\.backup-[\d_-]+$/.test(name)) ?? '';
  const { ending, text, questions } = await asked(['y'], takeLockForBackup, { safetyCopies: true, remove: copy });
  assert.equal(ending, 'done', text);
  assert.equal(questions.length, 1);
  assert.match(text, /Removed .*\.backup-/);
});
