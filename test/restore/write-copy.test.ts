import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { RestoreSource } from '../../jobs/restore/choice/restore-source.ts';
import { writeCopy } from '../../jobs/restore/run/write-copy.ts';
import { systemClock } from '../../jobs/runtime/clock.ts';
import { createLog } from '../../jobs/runtime/log.ts';
import { noProgress } from '../../jobs/runtime/progress.ts';

/** A folder with a database, the folder of the backups, and what else is there; `writeTo` is `restore --to` of a good backup. */
function shopWith(t: TestContext, ...files: string[]) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-copy-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(path.join(folder, 'backups'));
  for (const file of ['shop.db', ...files]) writeFileSync(path.join(folder, file), 'there before');
  const databases = [{ name: 'shop', path: path.join(folder, 'shop.db') }];
  const log = createLog(systemClock, 'UTC', { out() {}, err() {} });
  const deps = { clock: systemClock, log, progress: noProgress, signal: t.signal, checkpoint() {}, out() {} };
  const source = {
    label: 'a backup',
    leastBytes: 100,
    async stage(file: string) {
      writeFileSync(file, 'restored');
      return { file, inode: '1', bytes: 8, moved: null, state: null, fingerprint: null, findings: [], verifiedBy: '' };
    },
  } as Partial<RestoreSource> as RestoreSource;
  const target = { databases, keptFolders: [path.join(folder, 'backups')], owner: { uid: 0, gid: 0, mode: 0o600 } };
  return {
    names: () => readdirSync(folder).toSorted(),
    async writeTo(name: string): Promise<string> {
      const work = writeCopy(path.join(folder, name), source, target, deps);
      return work.then(
        () => 'written',
        (error) => `${error.code}: ${error.message}`.replaceAll(`${folder}/`, ''),
      );
    },
  };
}

test('--to writes a new file, also one whose name begins as the database’s does', async (t) => {
  const { writeTo, names } = shopWith(t);
  assert.deepEqual(
    [await writeTo('copy.db'), await writeTo('shop.db2'), await writeTo('backups2')],
    Array(3).fill('written'),
  );
  assert.deepEqual(names(), ['backups', 'backups2', 'copy.db', 'shop.db', 'shop.db2']);
});

for (const [what, files, name, said] of [
  ['over a file that is there', ['copy.db'], 'copy.db', 'copy.db already exists.'],
  ['beside a -wal, which SQLite would take for the copy’s', ['copy.db-wal'], 'copy.db', 'copy.db-wal already exists.'],
  ['beside a -journal', ['copy.db-journal'], 'copy.db', 'copy.db-journal already exists.'],
  ['over both', ['copy.db', 'copy.db-shm'], 'copy.db', 'copy.db and copy.db-shm already exists.'],
  ['over the database', [], 'shop.db', 'shop.db is the database itself.'],
  [
    'over its safety copy',
    [],
    'shop.db.backup-x',
    'shop.db.backup-x is a name that belongs to the database shop.db: SQLite or a restore would use it.',
  ],
  [
    'into the folder of the backups',
    [],
    'backups/copy.db',
    'backups/copy.db is in backups, which nightshift uses itself.',
  ],
  ['over a folder', [], '.', ' is a folder.'],
] as const) {
  test(`--to writes nothing ${what}`, async (t) => {
    const { writeTo, names } = shopWith(t, ...files);
    const before = names();
    const found = await writeTo(name);
    assert.ok(found.startsWith('ARGUMENT_INVALID: ') && found.endsWith(said), found);
    assert.deepEqual(names(), before);
  });
}
