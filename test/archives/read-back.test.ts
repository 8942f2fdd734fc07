import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { createAgeIdentity } from '../../jobs/archives/format/encryption.ts';
import { readBack } from '../../jobs/archives/format/read-back.ts';
import { noBar } from '../../jobs/runtime/progress.ts';
import type { ObjectStore } from '../../jobs/store/store.ts';

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const snapshot = 'the database';
const other = 'another database, as whole as the first';
const key = 'sqlite-backups/daily/shop_2025-11-30_020000.db.gz';

/** Reads back what a store has under a key; `written` is what was sent there. */
function readBackOf(stored: Uint8Array, written: Uint8Array, name = key, identity = noIdentity) {
  const store = { read: async () => Readable.from([stored]) } as Partial<ObjectStore> as ObjectStore;
  const expected = { snapshotSha256: sha256(snapshot), archiveSha256: sha256(written) };
  return readBack(store, name, expected, { identity, signal: new AbortController().signal, bar: noBar });
}

const noIdentity: Parameters<typeof readBack>[3]['identity'] = null;
const differs = (name: string, what: string, found: string, expected: string) => ({
  code: 'READ_BACK_DIFFERS',
  message: `${name} does not read back as it was written: sha256 of the ${what} is ${found}, expected ${expected}.`,
});

test('what reads back as the checked snapshot is verified; whole bytes of another database are not', async () => {
  const written = gzipSync(snapshot);
  assert.equal(await readBackOf(written, written), 'verified');
  await assert.rejects(readBackOf(gzipSync(other), written), differs(key, 'snapshot', sha256(other), sha256(snapshot)));
});

test('an encrypted backup is compared by its stored bytes without an identity here, by the snapshot with one', async () => {
  const secret = await generateIdentity();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(secret));
  const written = await encrypter.encrypt(gzipSync(snapshot));
  const name = `${key}.age`;
  assert.equal(await readBackOf(written, written, name), 'checksum-only');
  const again = await encrypter.encrypt(gzipSync(snapshot));
  await assert.rejects(readBackOf(again, written, name), differs(name, 'stored bytes', sha256(again), sha256(written)));
  const identity = createAgeIdentity('own.txt', [secret]);
  assert.equal(await readBackOf(again, written, name, identity), 'verified');
  await assert.rejects(
    readBackOf(await encrypter.encrypt(gzipSync(other)), written, name, identity),
    differs(name, 'snapshot', sha256(other), sha256(snapshot)),
  );
});
