import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { crc32, deflateRawSync, gunzipSync } from 'node:zlib';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { factsOf } from '../../jobs/archives/metadata.ts';
import type { BackupDeps } from '../../jobs/backup/backup.ts';
import { checkCommand } from '../../jobs/backup/commands/check-command.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import type { Environment } from '../../jobs/runtime/cli-context.ts';
import { noBar } from '../../jobs/runtime/progress.ts';
import { needs } from '../lab/parts.ts';
import { smallDisk } from '../small-disk.ts';
import { failureOf, faulty, objectFile } from './faults.ts';
import { makeScene, type Scene } from './scene.ts';

const manyRows = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)
  INSERT INTO notes SELECT 'paid in Kuala Lumpur ' || hex(i * 7919) FROM n`;
const oneMore = "INSERT INTO notes VALUES ('one more')";

/** A scene whose database has some ten blocks of 64 KiB. */
async function largerScene(t: Parameters<typeof makeScene>[0], environment: Environment = {}): Promise<Scene> {
  const scene = await makeScene(t, environment);
  scene.sql(manyRows);
  return scene;
}

/** Runs the next night of a scene, and returns its backup and what it said about compression. */
async function night(scene: Scene, day: number, deps: Partial<BackupDeps> = {}) {
  scene.setClock(`2025-11-${day}T02:00:00`);
  scene.lines.length = 0;
  const result = await runBackup(scene.database, scene.deps(deps));
  const said = scene.lines.find((line) => line.startsWith('check and compress'))?.replace(/ \(.*/, '') ?? '';
  const sharedSaid = /\d+ % as in .*/.exec(said)?.[0] ?? null;
  return { ...result, said: sharedSaid };
}

function keptIn({ settings }: Scene, name = 'shop') {
  const folder = path.join(settings.stagingDir, 'memory', name);
  return { folder, archive: path.join(folder, 'archive.gz'), index: path.join(folder, 'index') };
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function assertGood(scene: Scene, key: string) {
  const facts = factsOf((await scene.store.head(key))?.metadata ?? {});
  const stored = readFileSync(objectFile(scene, key));
  assert.equal(sha256(gunzipSync(stored)), facts?.snapshotSha256);
  assert.equal(sha256(stored), facts?.archiveSha256);
}

test('the next night compresses what changed, says how much that was not, and stores what it would have stored without', async (t) => {
  const scene = await largerScene(t);
  assert.equal((await night(scene, 10)).said, null);
  assert.deepEqual(readdirSync(keptIn(scene).folder), ['archive.gz', 'index']);
  assert.deepEqual(scene.staged(), []);
  scene.sql(oneMore);
  const { key, said } = await night(scene, 11);
  assert.match(said ?? '', /^[5-9]\d % as in the last backup$/);
  await assertGood(scene, key);
  const withMemory = readFileSync(objectFile(scene, key));
  rmSync(keptIn(scene).folder, { recursive: true });
  await scene.store.remove(key);
  const again = await night(scene, 11);
  assert.deepEqual([again.key, again.said], [key, null]);
  assert.deepEqual(readFileSync(objectFile(scene, key)), withMemory);
});

test('nothing of it is in the store, and nobody else may read it', async (t) => {
  const scene = await largerScene(t);
  await night(scene, 10);
  const { archive, index } = keptIn(scene);
  assert.deepEqual(
    [archive, index].map((file) => (statSync(file).mode & 0o777).toString(8)),
    ['600', '600'],
  );
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-10_020000.db.gz']);
});

test('a night that stored nothing, or copied, keeps what was kept; what it is of is said', async (t) => {
  const scene = await largerScene(t);
  await night(scene, 10);
  await night(scene, 11);
  scene.sql(oneMore);
  const down = faulty(scene.store, { put: () => Promise.reject(new Error('down')) });
  assert.equal(await failureOf(night(scene, 12, { store: down })), 'UNEXPECTED');
  assert.match((await night(scene, 13)).said ?? '', /as in the last backup$/);
  const before = keptIn(scene);
  const older = { archive: readFileSync(before.archive), index: readFileSync(before.index) };
  scene.sql(oneMore);
  await night(scene, 14);
  writeFileSync(before.archive, older.archive);
  writeFileSync(before.index, older.index);
  scene.sql(oneMore);
  assert.match((await night(scene, 15)).said ?? '', /as in an earlier backup$/);
});

test('a damaged index, one of another level, an archive that is gone: the night is as without', async (t) => {
  const scene = await largerScene(t);
  await night(scene, 10);
  const { archive, index } = keptIn(scene);
  const spoil = [
    () => writeFileSync(index, readFileSync(index).fill(0, 200, 220)),
    () => rmSync(archive),
    () => writeFileSync(index, ''),
  ];
  for (const [turn, spoilIt] of spoil.entries()) {
    spoilIt();
    scene.sql(oneMore);
    const { key, said } = await night(scene, 11 + turn);
    assert.equal(said, null);
    await assertGood(scene, key);
  }
  scene.sql(oneMore);
  const settings = { ...scene.settings, compression: { format: 'gzip' as const, level: 5 } };
  assert.equal((await night(scene, 15, { settings })).said, null);
  scene.sql(oneMore);
  assert.match((await night(scene, 16, { settings })).said ?? '', /as in the last backup$/);
});

test('a kept archive that is damaged all over costs its use, and no backup', async (t) => {
  const scene = await largerScene(t);
  await night(scene, 10);
  const { archive } = keptIn(scene);
  writeFileSync(archive, readFileSync(archive).fill(7));
  scene.sql(oneMore);
  const { key, said } = await night(scene, 11);
  assert.equal(said, '0 % as in the last backup');
  await assertGood(scene, key);
});

/** A block that the index calls whole and that is another: what neither hash nor checksum of the memory can tell. */
function forge(scene: Scene): void {
  const { archive, index } = keptIn(scene);
  const kept = readFileSync(archive);
  const records = readFileSync(index);
  const start = records.indexOf('\n') + 1 + 32;
  const [offset, bytes] = [records.readUIntBE(start + 16, 6), records.readUInt32BE(start + 22)];
  const other = deflateRawSync(Buffer.alloc(64 * 1024, 'other rows'), { finishFlush: 2 });
  const forged = Buffer.concat([other, Buffer.alloc(bytes)]).subarray(0, bytes);
  forged.copy(kept, offset);
  records.writeUInt32BE(crc32(forged), start + 26);
  const content = records.subarray(0, -32);
  writeFileSync(archive, kept);
  writeFileSync(index, Buffer.concat([content, createHash('sha256').update(content).digest()]));
}

test('a wrong block cannot get into a backup: it does not read back, and all is compressed again, once, with a warning', async (t) => {
  const scene = await largerScene(t);
  await night(scene, 10);
  forge(scene);
  scene.sql("UPDATE notes SET text = 'first changed' WHERE text = 'first'");
  scene.lines.length = 0;
  const { key, verification } = await night(scene, 11);
  assert.equal(verification, 'verified');
  await assertGood(scene, key);
  const warnings = scene.lines.filter((line) => line.startsWith('WARNING'));
  assert.equal(warnings.length, 1, scene.lines.join('\n'));
  assert.match(
    warnings[0] ?? '',
    /It had blocks of the last archive: once more without that, all is compressed again\.$/,
  );
  scene.sql(oneMore);
  assert.match((await night(scene, 12)).said ?? '', /as in the last backup$/);
});

test('an archive that does not read back twice fails the run, as without', async (t) => {
  const scene = await largerScene(t);
  await night(scene, 10);
  scene.sql(oneMore);
  let uploads = 0;
  const store = faulty(scene.store, {
    put: (key, file, metadata, transfer) => {
      uploads += 1;
      writeFileSync(file, readFileSync(file).fill(0, 600, 700));
      return scene.store.put(key, file, metadata, transfer);
    },
  });
  assert.equal(await failureOf(night(scene, 11, { store })), 'ARCHIVE_UNREADABLE');
  assert.equal(uploads, 2);
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-10_020000.db.gz']);
  assert.equal(existsSync(keptIn(scene).archive), false);
});

test('encrypted: the kept archive is what was compressed, before encryption, and a wrong block is found before it', async (t) => {
  const recipient = await identityToRecipient(await generateIdentity());
  const scene = await largerScene(t, { BACKUP_AGE_RECIPIENTS: recipient });
  await night(scene, 10);
  assert.equal(
    gunzipSync(readFileSync(keptIn(scene).archive))
      .subarray(0, 15)
      .toString(),
    'SQLite format 3',
  );
  assert.equal((statSync(keptIn(scene).archive).mode & 0o777).toString(8), '600');
  scene.sql(oneMore);
  assert.match((await night(scene, 11)).said ?? '', /as in the last backup$/);
  forge(scene);
  scene.sql(oneMore);
  const { verification } = await night(scene, 12);
  assert.equal(verification, 'checksum-only');
  const warnings = scene.lines.filter((line) => line.startsWith('WARNING'));
  assert.equal(warnings.length, 1, scene.lines.join('\n'));
  assert.match(warnings[0] ?? '', /all is compressed again\.$/);
  assert.deepEqual(scene.staged(), []);
});

test('zstd keeps nothing, and removes what gzip kept', async (t) => {
  const scene = await largerScene(t);
  await night(scene, 10);
  const settings = { ...scene.settings, compression: { format: 'zstd' as const, level: 3 } };
  const { said, verification } = await night(scene, 11, { settings });
  assert.deepEqual([said, verification], [null, 'verified']);
  assert.equal(existsSync(keptIn(scene).folder), false);
});

/** A scene that stages on a disk of 8 MiB, after a first night. */
async function nightOnSmallDisk(t: TestContext) {
  const disk = smallDisk(t, 'tmpfs', 8);
  const scene = await makeScene(t, { STAGING_DIR: disk.folder });
  scene.sql(manyRows);
  await night(scene, 10);
  return { disk, scene };
}

test(
  'where the disk has no room for one archive more, none is kept, and a run that needs its room has it',
  needs('root'),
  async (t) => {
    const { disk, scene } = await nightOnSmallDisk(t);
    const kept = statSync(keptIn(scene).archive).size;
    const needed = 2 * statSync(scene.database.path).size;
    const { bavail, bsize } = statfsSync(disk.folder);
    disk.take(Math.round(bavail * bsize - needed + kept / 2));
    const said = await scene.command(checkCommand, []).catch(String);
    assert.match(
      said,
      /WARN {2}database shop: .* has no room for the snapshot of shop and its archive beside the last archive: the next run removes that, and compresses everything again\. Free [\d.]+ KiB there\./,
    );
    scene.sql(oneMore);
    const { key, said: reused } = await night(scene, 11);
    assert.equal(reused, null);
    await assertGood(scene, key);
    assert.equal(existsSync(keptIn(scene).archive), false);
    assert.deepEqual(
      scene.lines.filter((line) => /kept|no room/.test(line)).map((line) => line.replace(/[\d.]+ [KM]iB/, 'N')),
      [
        `no room in ${disk.folder} for the last archive of shop: removed, so all is compressed again`,
        `this archive is not kept, so the next run compresses all: with it, the disk of ${disk.folder} has N too little for the next run`,
      ],
    );
  },
);

test(
  'a disk that fills up while it is compressed is tried once more without what was kept, also of other databases',
  needs('root'),
  async (t) => {
    const { disk, scene } = await nightOnSmallDisk(t);
    const other = keptIn(scene, 'other');
    mkdirSync(other.folder);
    writeFileSync(other.archive, Buffer.alloc(1_000_000));
    scene.sql(oneMore);
    let isFilled = false;
    const bar = {
      advanceTo() {
        if (isFilled) return;
        isFilled = true;
        disk.fill();
      },
      stop() {},
    };
    const progress = { start: (name: string) => (name === 'check and compress' ? bar : noBar) };
    const { verification, said, key } = await night(scene, 11, { progress });
    assert.deepEqual([verification, said], ['verified', null]);
    await assertGood(scene, key);
    assert.equal(existsSync(other.archive), false);
    const warnings = scene.lines.filter((line) => line.startsWith('WARNING The disk filled up'));
    assert.equal(warnings.length, 1, scene.lines.join('\n'));
  },
);

test('where nothing can be kept, each run says why and is as without', async (t) => {
  const scene = await largerScene(t);
  writeFileSync(path.join(scene.settings.stagingDir, 'memory'), '');
  const { verification, said } = await night(scene, 10);
  assert.deepEqual([verification, said], ['verified', null]);
  const lines = scene.lines.filter((line) =>
    line.startsWith('this archive is not kept, so the next run compresses all: '),
  );
  assert.equal(lines.length, 1, scene.lines.join('\n'));
});

test('databases keep theirs apart', async (t) => {
  const scene = await largerScene(t);
  const other = { ...scene, database: { name: 'shop.old', path: scene.database.path } };
  await night(scene, 10);
  await night(other, 11);
  assert.deepEqual(readdirSync(path.join(scene.settings.stagingDir, 'memory')), ['shop', 'shop.old']);
  rmSync(keptIn(scene, 'shop.old').folder, { recursive: true });
  scene.sql(oneMore);
  assert.equal((await night(other, 12)).said, null);
  assert.match((await night(scene, 13)).said ?? '', /as in the last backup$/);
});
