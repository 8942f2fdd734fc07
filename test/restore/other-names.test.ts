import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { linkSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { otherNamesRemarks } from '../../jobs/restore/plan/other-names.ts';
import { needs } from '../lab/parts.ts';
import { restore } from './restore-scene.ts';
import { makeTestDatabases, type TestDatabases } from './test-databases.ts';

let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
  return () => databases.remove();
});

const notesOf = (out: string) =>
  [...out.matchAll(/^ {2}NOTE: (.*)$/gm)].map(([, note]) => note).filter((note) => !/process/.test(note ?? ''));

test('a database with a hard link: the plan says that the other name keeps the old data', async () => {
  databases.reset();
  const { database, folder } = databases;
  const find = `find ${path.dirname(database)} -xdev -samefile ${database}`;
  const plan = async () => notesOf((await restore(databases, 'latest', '--dry-run')).out);
  assert.deepEqual(await plan(), []);
  linkSync(database, path.join(folder, 'link.db'));
  assert.deepEqual(await plan(), [
    `${database} has another name (a hard link), which keeps the old data; to look in its folder: \`${find}\``,
  ]);
  linkSync(database, path.join(folder, 'second link.db'));
  assert.deepEqual(otherNamesRemarks(database), [
    `${database} has 2 other names (hard links), which keep the old data; to look in its folder: \`${find}\``,
  ]);
  for (const name of ['link.db', 'second link.db']) rmSync(path.join(folder, name));
  assert.deepEqual(otherNamesRemarks(path.join(folder, 'none.db')), []);
});

test('a database that is mounted alone at another place: the plan names the place', needs('root'), async (t) => {
  databases.reset();
  const { database, folder } = databases;
  const place = path.join(folder, 'mounted file.db');
  writeFileSync(place, '');
  execFileSync('mount', ['--bind', database, place]);
  t.after(() => {
    execFileSync('umount', [place]);
    rmSync(place);
  });
  assert.deepEqual(notesOf((await restore(databases, 'latest', '--dry-run')).out), [
    `${database} is also mounted at ${place}, which keeps the old data until it is mounted again`,
  ]);
});
