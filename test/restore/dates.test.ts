import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { type FinishedCommand, nightshift } from '../nightshift.ts';
import { makeTestDatabases, type TestDatabases } from './test-databases.ts';

let databases: TestDatabases;
let name: string;

before(() => {
  databases = makeTestDatabases();
  const daily = path.join(databases.folder, 'store/sqlite-backups/daily');
  [name = ''] = readdirSync(daily).filter((file) => !file.startsWith('.'));
  // As the old shell script left them: without metadata. One by a clock that was years ahead, one without a date, one in a folder.
  mkdirSync(path.join(daily, '2024'));
  mkdirSync(path.join(databases.folder, 'store/sqlite-backups/weekly'));
  cpSync(path.join(daily, name), path.join(daily, 'shop_2031-01-01_020000.db.gz'));
  cpSync(path.join(daily, name), path.join(daily, '2024/shop-moved.db.gz'));
  cpSync(path.join(daily, name), path.join(databases.folder, 'store/sqlite-backups/weekly/shop_week48.db.gz'));
  return () => databases.remove();
});

const run = (...args: string[]): Promise<FinishedCommand> => nightshift(args, databases.environment);

/** Lines of a plan that begin with one of these, times as TIME and ages as AGE. */
function linesOf(text: string, ...beginnings: string[]): string[] {
  return text
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')
    .replace(/[\d.]+ (s|min \d\d s)/g, 'AGE')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => beginnings.some((beginning) => line.startsWith(beginning)));
}

test('the list has one order: dated, then without a date, then misdated', async () => {
  const { out } = await run('list');
  assert.deepEqual(
    out
      .replace(/[\d.]+ (s|min \d\d s)/g, 'AGE')
      .split('\n')
      .slice(1, -1)
      .map((line) => line.split(/ {2,}/).slice(0, 3).join(' | '))
      .map((line) => line.replace(name, 'NEWEST'))
      .toSorted((a, b) => Number(a.includes('stored')) - Number(b.includes('stored'))),
    [
      'daily | NEWEST | AGE',
      ...['weekly | shop_week48.db.gz | stored AGE ago', 'daily | 2024/shop-moved.db.gz | stored AGE ago'].toSorted(
        (a, b) => out.indexOf(a.split(' | ')[1] ?? '') - out.indexOf(b.split(' | ')[1] ?? ''),
      ),
      'daily | shop_2031-01-01_020000.db.gz | misdated, stored AGE ago',
    ],
  );
});

test('latest is the newest that is rightly dated, and the plan says that a misdated one was not taken', async () => {
  const { out } = await run('restore', 'latest', '--dry-run', '--no-docker');
  assert.deepEqual(linesOf(out, 'Restore ', 'taken', 'NOTE: not considered'), [
    `Restore sqlite-backups/daily/${name}`,
    'taken       TIME (Asia/Kuala_Lumpur), AGE ago',
    'NOTE: not considered: 1 misdated backup, see `nightshift list`',
  ]);
});

test('a misdated one is restored by its name, and the plan says that nobody knows when it was taken', async () => {
  const { out } = await run('restore', 'shop_2031-01-01_020000.db.gz', '--dry-run', '--no-docker');
  assert.deepEqual(linesOf(out, 'Restore ', 'taken', 'NOTE: it is'), [
    'Restore sqlite-backups/daily/shop_2031-01-01_020000.db.gz',
    'taken       not known',
    'NOTE: it is misdated: it says TIME, and it was stored TIME; when it was taken is not known',
  ]);
});

test('a backup without a date is restored by its name, and the plan says when it was stored', async () => {
  const { out } = await run('restore', 'shop_week48.db.gz', 'weekly', '--dry-run', '--no-docker');
  assert.deepEqual(linesOf(out, 'Restore ', 'taken', 'NOTE: nothing'), [
    'Restore sqlite-backups/weekly/shop_week48.db.gz',
    'taken       not known',
    'NOTE: nothing says when it was taken; it was stored TIME',
  ]);
});

test('a backup in a sub-folder is restored by the name that the list prints', async () => {
  const to = path.join(databases.folder, 'look.db');
  const { code, out, err } = await run('restore', '2024/shop-moved.db.gz', 'daily', '--to', to);
  assert.equal(code, 0, err);
  assert.deepEqual(linesOf(out, 'Wrote'), [
    `Wrote sqlite-backups/daily/2024/shop-moved.db.gz to ${to}, ${/to .*?, (.*)\n/.exec(out.slice(out.indexOf('Wrote')))?.[1]}`,
  ]);
});
