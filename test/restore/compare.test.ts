import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, beforeEach, test } from 'node:test';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import Sqlite from 'better-sqlite3';
import { comparedPath } from '../../jobs/restore/files/names.ts';
import type { CliOptions } from '../../jobs/restore/options/cli-options.ts';
import { keepTemporary, removeOldTemporaries } from '../../jobs/restore/staging/preflight.ts';
import { nightshift } from '../nightshift.ts';
import { filesBeside } from './restore-scene.ts';
import { type ActionResult, fastClock, runRestore } from './run-action.ts';
import { complete, foldWal, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
  return () => databases.remove();
});
beforeEach(() => databases.reset());

type CompareDeps = Omit<Parameters<typeof runRestore>[2], 'options'>;

/** `nightshift restore --compare NAME` in this process. */
function compare(
  name: string | true,
  options: Partial<CliOptions> = {},
  deps: CompareDeps = {},
): Promise<ActionResult> {
  return runRestore(undefined, databases.environment, {
    ...deps,
    options: { yes: undefined, compare: name, ...options },
  });
}

/**
 * Every file beside the database and in the store and the state, by its bytes; without what a reader of an idle database in WAL
 * mode makes beside it: the -shm and an empty -wal.
 */
function everything(): Readonly<Record<string, string>> {
  const names = readdirSync(databases.folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile() && !/-shm$/.test(entry.name));
  return Object.fromEntries(
    files.flatMap(({ parentPath, name }) => {
      const file = path.join(parentPath, name);
      const bytes = readFileSync(file);
      if (bytes.length === 0 && name.endsWith('-wal')) return [];
      return [[file, createHash('sha256').update(bytes).digest('hex')]];
    }),
  );
}

function plain(text: string): string {
  return text
    .slice(text.indexOf('\nCompared '))
    .replaceAll(databases.folder, 'FOLDER')
    .replace(/shop_\d{4}-\d\d-\d\d_\d{6}/, 'shop_STAMP')
    .replace(/taken .* ago/, 'taken WHEN');
}

const differences = `
  TABLE   ROWS NOW  IN BACKUP  ONLY NOW  ONLY IN BACKUP  CHANGED
  era     1         1          0         0               1
  orders  800       2,000      0         1,200           300
  visits  0         0          0         0               0

  era, by rowid:
    changed: 1

  orders, by id:
    only in the backup: 801, 802, 803, …
    changed: 501, 502, 503, …

  NOTE: era has no primary key: its rows were matched by rowid, which VACUUM changes
  NOTE: visits has no primary key: its rows were matched by rowid, which VACUUM changes

They differ.
Nothing was stopped or changed.
`;

test('restore --compare latest: which rows differ, those in the -wal included, and nothing is changed', async () => {
  const before = everything();
  const { ending, text } = await compare('latest');
  assert.equal(ending, 'done', text);
  assert.equal(
    plain(text),
    `
Compared FOLDER/data/shop.db now with sqlite-backups/daily/shop_STAMP.db.gz
  taken WHEN
  verified    sha256 is that of the snapshot that passed its integrity check
${differences}`,
  );
  assert.deepEqual(everything(), before);
});

test('with a safety copy, by its name: what a restore lost', async () => {
  assert.equal((await runRestore('latest', databases.environment, {})).ending, 'done');
  const copy = readdirSync(path.dirname(databases.database)).find((name) => /backup-[\d_-]+$/.test(name)) ?? '';
  const before = everything();
  const { ending, text } = await compare(copy);
  assert.equal(ending, 'done', text);
  assert.match(text, new RegExp(`now with ${path.join(path.dirname(databases.database), copy)}\\n`));
  assert.match(text, /^ {2}orders {2}2,000 {5}800 {8}1,200 {5}0 {15}300$/m);
  assert.deepEqual(everything(), before);
});

test('with an encrypted backup, by its day', async () => {
  const identity = path.join(databases.folder, 'key.txt');
  const key = await generateIdentity();
  writeFileSync(identity, `${key}\n`, { mode: 0o600 });
  const environment = {
    ...databases.environment,
    BACKUP_AGE_RECIPIENTS: await identityToRecipient(key),
    BACKUP_AGE_IDENTITY: identity,
  };
  const made = await nightshift(['backup'], environment);
  assert.equal(made.code, 0, made.err);
  const { ending, text } = await runRestore(undefined, environment, { options: { yes: undefined, compare: 'latest' } });
  assert.equal(ending, 'done', text);
  assert.match(text, /now with sqlite-backups\/(daily|weekly)\/shop_.*\.age\n/);
  assert.match(text, /^No difference: every row of 3 tables was compared\.$/m);
  // On a Sunday there is a weekly copy, too.
  const stored = path.join(databases.folder, 'store/sqlite-backups');
  for (const name of readdirSync(stored, { recursive: true, encoding: 'utf8' }))
    if (name.includes('.age')) rmSync(path.join(stored, name));
});

test('without time for it nothing counts as compared', async () => {
  const { ending, text } = await compare('latest', { compareLimit: 0 });
  assert.equal(ending, 'done', text);
  assert.match(
    text,
    /NOT COMPARED: table orders: the time was over, 0 seconds \(--compare-limit SECONDS\)\n.*\n\nNo difference in what was compared, and not all was\.\n/,
  );
});

test('stopped in the middle, it leaves nothing', async () => {
  const stop = new AbortController();
  const checkpoint = async (place: string) => {
    if (place === 'staged') stop.abort();
  };
  const { ending, text } = await compare('latest', {}, { checkpoint, signal: stop.signal });
  assert.equal(ending, 'INTERRUPTED');
  assert.match(text, /No service was stopped and no database was changed/);
  assert.deepEqual(filesBeside(databases), ['shop.db-shm', 'shop.db-wal']);
  assert.equal(holds(databases.database), complete.old);
});

test('what a killed comparison left an hour ago is removed by the next one, what another has in use is not', async () => {
  const [old, used] = ['old', 'used'].map((id) => `${databases.database}.restore-compared-${id}.part`);
  for (const file of [old, used]) writeFileSync(file ?? '', 'x');
  const hours = (ago: number) => new Date(fastClock.now().subtract({ minutes: ago }).epochMilliseconds);
  utimesSync(old ?? '', hours(61), hours(61));
  utimesSync(used ?? '', hours(1), hours(1));
  assert.equal((await compare('latest')).ending, 'done');
  assert.deepEqual([existsSync(old ?? ''), existsSync(used ?? '')], [false, true]);
});

const refused: readonly [string, string | true, Partial<CliOptions>, RegExp][] = [
  ['beside --to', 'latest', { to: '/look.db' }, /^ARGUMENT_INVALID: --to has no meaning with --compare/m],
  ['beside --dry-run', 'latest', { dryRun: true }, /^ARGUMENT_INVALID: --dry-run has no meaning with --compare/m],
  ['without a name and a terminal', true, {}, /^ARGUMENT_INVALID: No restore is unfinished, and no backup was named/m],
  [
    'a name before it and one after',
    'latest',
    { file: 'shop_2025-11-30', folder: 'daily' },
    /^ARGUMENT_INVALID: .* cannot be combined/m,
  ],
];
for (const [what, name, options, message] of refused) {
  test(`--compare ${what}: refused`, async () => {
    assert.match((await compare(name, options)).text, message);
  });
}

test('--compare with nothing in the place of the database is an error that says so', async () => {
  for (const part of ['', '-wal', '-shm']) rmSync(databases.database + part);
  const { ending, text } = await compare('latest');
  assert.equal(ending, 'DATABASE_MISSING');
  assert.match(text, /There is no .*shop\.db to compare with the backup\./);
});

test('a damaged database is compared as far as it can be read, and that is no success', async () => {
  foldWal(databases.database);
  const connection = new Sqlite(databases.database);
  const root = connection.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'orders'").pluck().get();
  connection.close();
  const handle = openSync(databases.database, 'r+');
  writeSync(handle, Buffer.alloc(4096, 0xff), 0, 4096, (Number(root) - 1) * 4096);
  closeSync(handle);
  const { ending, text } = await compare('latest');
  assert.equal(ending, 'DATABASE_CORRUPT');
  assert.match(text, /NOT COMPARED: table orders: database disk image is malformed/);
  assert.match(text, /^DATABASE_CORRUPT: .*shop\.db is damaged; not compared for that reason: orders\.$/m);
  assert.match(text, /^They differ, and not all was compared\.$/m);
});

test('a name with a line break stays on its line', async () => {
  const connection = new Sqlite(databases.database);
  connection.exec('CREATE TABLE "a\nNo difference: all was compared." (x)');
  connection.close();
  const { text } = await compare('latest');
  assert.match(text, /NOTE: table a\\nNo difference: all was compared\. is only in the database now/);
});

test('a temporary that is in use says so by its time', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const database = path.join(folder, 'shop.db');
  const file = comparedPath(database, 'a');
  for (const part of ['', '-wal', '.part']) writeFileSync(file + part, '');
  const later = fastClock.now().add({ hours: 3 });
  keepTemporary(file, later);
  assert.deepEqual(removeOldTemporaries(database, later.add({ minutes: 59 })), []);
  assert.equal(removeOldTemporaries(database, later.add({ minutes: 61 })).length, 3);
  keepTemporary(file, later);
});
