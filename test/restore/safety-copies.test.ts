import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { findSafetyCopy, removeSafetyCopyFile, safetyCopies } from '../../jobs/restore/choice/safety-copies.ts';

const [older, newer, rejected] = [
  'shop.db.backup-2025-11-29_020000',
  'shop.db.backup-2025-11-30_020000',
  'shop.db.rejected-2025-11-30_030000',
];

function shopWith(t: TestContext, ...more: string[]) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-copies-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const name of ['shop.db', older, newer, `${newer}-wal`, `${newer}-journal`, `${newer}-shm`, rejected, ...more])
    writeFileSync(path.join(folder, name), 'four');
  return { folder, database: path.join(folder, 'shop.db'), names: () => readdirSync(folder).toSorted() };
}

test('what restores put aside comes newest first, with all that belongs to it; another database’s does not', (t) => {
  const { database } = shopWith(t, 'shop.db2.backup-2025-11-30_020000', 'shop.db.backup-2025-13-30_020000');
  assert.deepEqual(
    safetyCopies(database).map(({ name, kind, at, bytes }) => [name, kind, String(at), bytes]),
    [
      [rejected, 'rejected', '2025-11-30T03:00:00', 4],
      [newer, 'backup', '2025-11-30T02:00:00', 12],
      [older, 'backup', '2025-11-29T02:00:00', 4],
    ],
  );
});

test('without a name --undo takes the newest safety copy, and no file that was rolled back', (t) => {
  const { folder, database } = shopWith(t);
  assert.equal(findSafetyCopy(database, null).name, newer);
  assert.equal(findSafetyCopy(database, rejected).name, rejected);
  assert.equal(findSafetyCopy(database, path.join(folder, older)).name, older);
  assert.throws(() => findSafetyCopy(database, path.join('/elsewhere', older)), { code: 'SAFETY_COPY_MISSING' });
});

test('one is removed with all that belongs to it, and none while an unfinished restore may need it', (t) => {
  const { database, names } = shopWith(t, 'shop.db.restore-journal');
  const before = names();
  const copy = findSafetyCopy(database, newer);
  assert.throws(() => removeSafetyCopyFile(database, copy), {
    code: 'RESTORE_UNFINISHED',
    message: `A restore of ${database} is unfinished and may need ${newer}.`,
  });
  assert.deepEqual(names(), before);
  rmSync(`${database}.restore-journal`);
  removeSafetyCopyFile(database, copy);
  assert.deepEqual(names(), ['shop.db', older, rejected]);
});
