import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { needs } from '../lab/parts.ts';
import { type FinishedCommand, nightshift } from '../nightshift.ts';
import { smallDisk } from '../small-disk.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

const mebibyte = 2 ** 20;
let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
});
after(() => databases.remove());

function failure({ code, err }: FinishedCommand): string {
  return `${/^([A-Z_]+): /m.exec(err)?.[1]}, exit ${code}`;
}

describe('room for --undo', needs('root', 'tools'), () => {
  test('a restore that would take it is refused with both figures, before the download and during it; a flag restores anyway', async (t) => {
    const disk = smallDisk(t, 'tmpfs', 64);
    databases.reset();
    const database = path.join(disk.folder, 'shop.db');
    for (const part of ['', '-wal']) cpSync(databases.database + part, database + part);
    // The old database is 5 MiB and more.
    new Sqlite(database).exec(`INSERT INTO visits VALUES (zeroblob(${5 * mebibyte}))`).close();
    const environment = { ...databases.environment, DATABASE_PATH: database };
    const restore = (...args: string[]) => nightshift(['restore', '--no-docker', '--yes', ...args], environment);
    const leaveFree = (mebibytes: number) => {
      disk.free();
      const { bavail, bsize } = statfsSync(disk.folder);
      disk.take(bavail * bsize - mebibytes * mebibyte);
    };
    const beside = () =>
      readdirSync(disk.folder).filter((name) => name.includes('.restore-') || name.includes('.backup-'));

    leaveFree(19);
    for (const args of [['latest'], ['latest', '--dry-run']]) {
      const refused = await restore(...args);
      assert.equal(failure(refused), 'DISK_FULL, exit 1', refused.out + refused.err);
      assert.match(
        refused.err,
        /has 19\.0 MiB \(\d+ bytes\) free; the restored database takes [\d.]+ KiB \(\d+ bytes\) at least, and --undo needs 21\.\d MiB \(\d+ bytes\) after that/,
      );
      assert.match(refused.err, /With --no-undo-room it restores anyway/);
      assert.doesNotMatch(refused.out, /Downloaded/);
    }

    const large = path.join(databases.folder, 'large.db');
    execFileSync('sqlite3', [
      large,
      'CREATE TABLE t (x); INSERT INTO t SELECT zeroblob(1000000) FROM generate_series(1, 20);',
    ]);
    const stored = path.join(databases.folder, 'store', 'sqlite-backups', 'daily', 'shop_2001-01-01_020000.db.gz');
    writeFileSync(stored, execFileSync('gzip', ['-9', '-c', large]));
    rmSync(large);
    leaveFree(30);
    const during = await restore('shop_2001-01-01_020000.db.gz', 'daily', '--allow-other-database');
    rmSync(stored);
    assert.equal(failure(during), 'DISK_FULL, exit 1', during.out + during.err);
    assert.match(
      during.err,
      /has (29|30)\.\d MiB \(\d+ bytes\) free; the restored database takes \d+\.\d MiB \(\d+ bytes\) at least, and --undo needs 21\.\d MiB/,
    );
    assert.doesNotMatch(during.out, /Downloaded/);
    assert.deepEqual(beside(), []);

    leaveFree(19);
    const done = await restore('latest', '--no-undo-room');
    assert.equal(done.code, 0, done.out + done.err);
    assert.match(
      done.out,
      /NOTE: after this the disk has no room for --undo: that needs 21\.\d MiB, and 1[89]\.\d MiB will be free/,
    );
    assert.match(
      done.out,
      /undo {9}nightshift restore --undo, once 21\.\d MiB of the disk are free \(currently 1[89]\.\d MiB\)/,
    );
    assert.equal(holds(database), complete.new);
    assert.equal(failure(await restore('--undo')), 'DISK_FULL, exit 1');

    leaveFree(22);
    const undone = await restore('--undo');
    assert.equal(undone.code, 0, undone.out + undone.err);
    assert.match(undone.out, /undo {9}nightshift restore --undo\n/);
    assert.equal(holds(database), complete.old);
  });
});
