import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { factsOf } from '../../jobs/archives/metadata.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import { verifyBackup } from '../../jobs/backup/verification/verify-backup.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import { noProgress } from '../../jobs/runtime/progress.ts';
import { makeScene } from './scene.ts';

/** A stored backup, and what verifying it records. */
async function stored(t: TestContext) {
  const scene = await makeScene(t);
  const { key } = await runBackup(scene.database, scene.deps());
  const { store, clock, signal } = scene.deps();
  const { bytes = 0, metadata = {} } = (await store.head(key)) ?? {};
  const recorded: string[] = [];
  const history = {
    recordVerification: (_key: string, verification: string) => void recorded.push(verification),
    recordDamage: (_database: string, { message }: { message: string }) => void recorded.push(message),
  };
  const stagingFolder = path.join(scene.settings.stagingDir, 'verify');
  const deps = { store, history, clock, identity: null, stagingFolder, reservedBytes: 0, progress: noProgress, signal };
  const facts = factsOf(metadata);
  assert.ok(facts !== null);
  return { backup: { key, bytes, facts, isChanged: false, database: 'shop' }, deps, recorded };
}

test('a backup that holds another database than its metadata says is damaged, and recorded as that', async (t) => {
  const { backup, deps, recorded } = await stored(t);
  const other = '0'.repeat(64);
  const facts = { ...backup.facts, snapshotSha256: other };
  const found = await verifyBackup({ ...backup, facts }, deps);
  const message = `${backup.key} does not read back as it was written: sha256 of the database is ${backup.facts.snapshotSha256}, expected ${other}.`;
  assert.deepEqual([found.kind, recorded], ['damaged', [message]]);
  assert.equal(existsSync(deps.stagingFolder), false);
});

test('a store that does not answer says nothing of the backup: nothing is recorded', async (t) => {
  const { backup, deps, recorded } = await stored(t);
  const failure = new Failure('STORE_UNREACHABLE', 'no answer', 'look');
  const store = { ...deps.store, read: () => Promise.reject(failure) };
  assert.deepEqual(await verifyBackup(backup, { ...deps, store }), { kind: 'not verified', failure });
  assert.deepEqual(recorded, []);
  assert.equal((await verifyBackup(backup, deps)).kind, 'good');
  assert.deepEqual(recorded, ['verified']);
});
