import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { factsOf } from '../../jobs/archives/metadata.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import type { Environment } from '../../jobs/runtime/cli-context.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import { readBackupSettings } from '../../jobs/settings/settings.ts';
import { damage, failureOf, faulty, first, objectFile } from './faults.ts';
import { makeScene } from './scene.ts';

test('a run without a change uploads nothing, and its object is read back all the same', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.deps());
  scene.setClock('2025-11-28T02:00:00');
  const noUpload = faulty(scene.store, { put: () => assert.fail('uploaded') });
  const result = await runBackup(scene.database, scene.deps({ store: noUpload }));
  assert.equal(result.verification, 'verified');
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-27_020000.db.gz', 'daily/shop_2025-11-28_020000.db.gz']);
  const facts = factsOf((await scene.store.head(result.key))?.metadata ?? {});
  assert.equal(facts?.takenAt.toString(), '2025-11-27T18:00:00Z');
});

test('an unchanged database whose older object is damaged is uploaded, and the log names that object', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.deps());
  damage(objectFile(scene, first));
  scene.setClock('2025-11-28T02:00:00');
  const { verification, housekeeping, key } = await runBackup(scene.database, scene.deps());
  assert.equal(verification, 'verified');
  assert.equal(housekeeping?.code, 'READ_BACK_DIFFERS');
  assert.ok(housekeeping.message.includes(first));
  assert.equal(scene.deps().history.verifications().has(first), false);
  assert.equal(
    gunzipSync(readFileSync(objectFile(scene, key)))
      .subarray(0, 15)
      .toString(),
    'SQLite format 3',
  );
});

test('a copy that is none is not held against the older object, which reads back', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.deps());
  scene.setClock('2025-11-28T02:00:00');
  const other = path.join(scene.folder, 'other');
  writeFileSync(other, '');
  const store = faulty(scene.store, { copy: (_, to, metadata = {}) => scene.store.put(to, other, metadata) });
  const { verification, housekeeping, key } = await runBackup(scene.database, scene.deps({ store }));
  assert.deepEqual([verification, housekeeping], ['verified', null]);
  assert.ok(
    scene.lines.includes(
      `no copy on the server, the backup is compressed and uploaded: ${key} is cut short. ${first} reads back as it was written.`,
    ),
    scene.lines.join('\n'),
  );
});

test('an unchanged database whose older object is gone by the time it is copied is uploaded', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.deps());
  scene.setClock('2025-11-28T02:00:00');
  const gone = new Failure('OBJECT_MISSING', 'gone', 'look');
  const store = faulty(scene.store, { copy: () => Promise.reject(gone) });
  const { verification, housekeeping } = await runBackup(scene.database, scene.deps({ store }));
  assert.deepEqual([verification, housekeeping], ['verified', null]);
});

test('an unchanged database during an outage fails as one, and compresses nothing', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.deps());
  scene.setClock('2025-11-28T02:00:00');
  const store = faulty(scene.store, {
    copy: () => Promise.reject(new Failure('STORE_UNREACHABLE', 'the network is down', 'check it')),
    put: () => assert.fail('uploaded'),
  });
  assert.equal(await failureOf(runBackup(scene.database, scene.deps({ store }))), 'STORE_UNREACHABLE');
});

test('a database that did not change is compressed and encrypted anew once the form of its backups changed', async (t) => {
  const [first, second] = await Promise.all([1, 2].map(async () => identityToRecipient(await generateIdentity())));
  const scene = await makeScene(t);
  const forms: Environment[] = [
    {},
    { BACKUP_GZIP_LEVEL: '1' },
    { BACKUP_AGE_RECIPIENTS: first },
    { BACKUP_AGE_RECIPIENTS: second },
    { BACKUP_AGE_RECIPIENTS: `${first},${second}` },
    { BACKUP_AGE_RECIPIENTS: `${second},${first}` },
    { BACKUP_COMPRESSION: 'zstd' },
  ];
  const ways: string[] = [];
  for (const [night, form] of forms.entries()) {
    scene.setClock(`2025-11-1${night}T02:00:00`);
    scene.lines.length = 0;
    await runBackup(scene.database, scene.deps({ settings: readBackupSettings({ ...scene.environment, ...form }) }));
    ways.push(...scene.lines.flatMap((line) => /^(upload|copy): /.exec(line)?.[1] ?? []));
  }
  assert.deepEqual(ways, ['upload', 'upload', 'upload', 'upload', 'upload', 'copy', 'upload']);
});

test('another database of the same size is no unchanged one', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.deps());
  scene.sql("UPDATE notes SET text = 'fresh'");
  scene.setClock('2025-11-28T02:00:00');
  const store = faulty(scene.store, { copy: () => assert.fail('copied') });
  const { key } = await runBackup(scene.database, scene.deps({ store }));
  assert.ok(gunzipSync(readFileSync(objectFile(scene, key))).includes('fresh'));
});
