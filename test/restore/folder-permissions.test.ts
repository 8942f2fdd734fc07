import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { folderOwnerRemarks, mayWriteIn } from '../../jobs/restore/plan/folder-permissions.ts';
import { assertReplaceable, mayRename } from '../../jobs/restore/staging/preflight.ts';
import { needs } from '../lab/parts.ts';

test('who may make files in a folder, by owner, group and mode', () => {
  const service = { uid: 1000, gid: 1000 };
  const cases: [uid: number, gid: number, mode: number, expected: boolean][] = [
    [0, 0, 0o755, false],
    [0, 0, 0o777, true],
    [1000, 1000, 0o755, true],
    [1000, 1000, 0o555, false],
    [0, 1000, 0o775, true],
    [0, 1000, 0o757, false],
  ];
  for (const [uid, gid, mode, expected] of cases) {
    assert.equal(mayWriteIn({ uid, gid, mode }, service), expected, `${uid}:${gid} ${mode.toString(8)}`);
  }
  assert.equal(mayWriteIn({ uid: 5, gid: 5, mode: 0o700 }, { uid: 0, gid: 0 }), true);
});

test('the folder of a new disk, which belongs to another, is named with what to do', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
  t.after(() => rmSync(folder, { recursive: true }));
  chmodSync(folder, 0o755);
  const other = statSync(folder).uid + 1;
  assert.deepEqual(folderOwnerRemarks(folder, { uid: other, gid: statSync(folder).gid + 1 }), [
    `uid ${other} may not write in ${folder}, and SQLite must create its -wal there: \`chown ${other}:${statSync(folder).gid + 1} ${folder}\``,
  ]);
});

test('who may rename a file in a folder with the sticky bit', () => {
  const cases: [folderUid: number, mode: number, fileUid: number, expected: boolean][] = [
    [0, 0o777, 0, true],
    [0, 0o1777, 0, false],
    [0, 0o1777, 1000, true],
    [1000, 0o1755, 0, true],
  ];
  for (const [folderUid, mode, fileUid, expected] of cases) {
    const found = mayRename({ uid: folderUid, mode }, { uid: fileUid }, 1000);
    assert.equal(found, expected, `${folderUid} ${mode.toString(8)}, file of ${fileUid}`);
  }
});

describe('as root and as others', needs('root'), () => {
  test('a database that this user may not rename is refused before anything stops, not found out when services are down', async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const database = path.join(folder, 'shop.db');
    writeFileSync(database, '');
    chmodSync(folder, 0o1777);
    await assertReplaceable(database);
    process.seteuid?.(65534);
    try {
      await assert.rejects(assertReplaceable(database), {
        code: 'DATABASE_UNMOVABLE',
        message: `${folder} has the sticky bit, and ${database} belongs to uid 0: uid 65534 may not rename it.`,
      });
    } finally {
      process.seteuid?.(0);
    }
  });
});
