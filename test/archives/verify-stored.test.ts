import assert from 'node:assert/strict';
import fs, { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import Sqlite from 'better-sqlite3';
import { createAgeIdentity } from '../../jobs/archives/format/encryption.ts';
import { factsOf } from '../../jobs/archives/metadata.ts';
import { isCorruptBackup, verifyStoredBackup } from '../../jobs/archives/verify-stored.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import { makeScene, type Scene } from '../backup/scene.ts';

const old = 'sqlite-backups/daily/shop_2025-11-01_020000.db.gz';

/** A scene whose store has a backup of the old shell script, without metadata, of a database that `change` may spoil. */
async function oldBackup(t: TestContext, change: (database: Buffer) => Buffer = (same) => same) {
  const scene = await makeScene(t);
  const copy = path.join(scene.folder, 'copy.db');
  await new Sqlite(scene.database.path).backup(copy);
  const archive = path.join(scene.folder, 'old.gz');
  writeFileSync(archive, gzipSync(change(readFileSync(copy))));
  await scene.store.put(old, archive, {});
  return scene;
}

const verifyOld = ({ store, settings }: Scene) =>
  verifyStoredBackup(store, old, null, {
    identity: null,
    stagingFolder: settings.stagingDir,
    signal: new AbortController().signal,
  });

test('a backup of the old script is unpacked where nobody else may read it, checked, and removed again', async (t) => {
  const scene = await oldBackup(t);
  const modes: string[] = [];
  const { rm } = fs.promises;
  t.mock.method(fs.promises, 'rm', (file: string, options: fs.RmOptions) => {
    if (existsSync(file)) modes.push(`${path.basename(file)} ${(statSync(file).mode & 0o777).toString(8)}`);
    return rm(file, options);
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  assert.equal(await verifyOld(scene), 'verified');
  assert.deepEqual(modes, ['verify.db 600']);
  assert.deepEqual(scene.staged(), []);
});

test('one whose pages are damaged is corrupt, though its archive is whole', async (t) => {
  const scene = await oldBackup(t, (database) => database.fill(0x5a, 4096 * 2 + 100, 4096 * 3));
  const error = await verifyOld(scene).catch((thrown: unknown) => thrown);
  assert.match(String(error), /The integrity check of the database in sqlite-backups\/daily\/\S+ found /);
  assert.equal(isCorruptBackup(error), true);
  assert.deepEqual(scene.staged(), []);
});

test('one that is encrypted for another key than this host has is compared by its stored bytes', async (t) => {
  const [theirs, ours] = await Promise.all([generateIdentity(), generateIdentity()]);
  const scene = await makeScene(t, { BACKUP_AGE_RECIPIENTS: await identityToRecipient(theirs) });
  const { key } = await runBackup(scene.database, scene.deps());
  const facts = factsOf((await scene.store.head(key))?.metadata ?? {});
  const verifyBy = (secret: string) =>
    verifyStoredBackup(scene.store, key, facts, {
      identity: createAgeIdentity('identity.txt', [secret]),
      stagingFolder: scene.settings.stagingDir,
      signal: new AbortController().signal,
    });
  assert.deepEqual([await verifyBy(theirs), await verifyBy(ours)], ['verified', 'checksum-only']);
});
