import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { type FileHandle, mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync, gzipSync, zstdDecompressSync } from 'node:zlib';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { type ArchiveFormat, archiveEnding, writeArchive } from '../../jobs/archives/format/archive.ts';
import { verifyStream } from '../../jobs/archives/format/verify-stream.ts';
import type { Failure } from '../../jobs/runtime/errors.ts';
import { hashFile } from '../../jobs/runtime/hash.ts';
import { noProgress } from '../../jobs/runtime/progress.ts';
import { recordDisk } from '../disk-recorder.ts';
import { needs } from '../lab/parts.ts';
import { bytesOf } from './blocks.ts';

const bar = noProgress.start('compress', 0);
const { signal } = new AbortController();
const quietly = { signal, bar, verifyBeforeEncryption: false };
const gz: ArchiveFormat = { compression: { format: 'gzip', level: 9 }, recipients: [] };
const zst: ArchiveFormat = { compression: { format: 'zstd', level: 9 }, recipients: [] };

const rows = Array.from({ length: 80_000 }, (_, id) => `${id}|order ${(id * 7919) % 50_000}|paid\n`).join('');
const content = Buffer.concat([Buffer.from(rows), randomBytes(200_000), Buffer.from(rows)]);

let folder = '';
let snapshot = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nightshift-archive-'));
  snapshot = path.join(folder, 'snapshot.db');
  await writeFile(snapshot, content);
});
after(() => rm(folder, { recursive: true }));

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

test('the ending of a name tells the format', () => {
  const recipients = ['age1…'];
  assert.deepEqual([gz, zst, { ...gz, recipients }, { ...zst, recipients }].map(archiveEnding), [
    '.db.gz',
    '.db.zst',
    '.db.gz.age',
    '.db.zst.age',
  ]);
});

test('an archive holds the snapshot, says both hashes and hears how far it is', async () => {
  for (const [format, decompress] of [
    [gz, gunzipSync],
    [zst, zstdDecompressSync],
  ] as const) {
    const file = path.join(folder, `whole${archiveEnding(format)}`);
    const heard: number[] = [];
    const options = { ...quietly, bar: { advanceTo: (bytes: number) => heard.push(bytes) } };
    const archive = await writeArchive(snapshot, file, format, options);
    const stored = await readFile(file);
    assert.deepEqual(archive, {
      file,
      bytes: stored.length,
      sha256: sha256(stored),
      plainSha256: sha256(content),
      plainBytes: content.length,
      reused: null,
      compressed: null,
    });
    assert.ok(decompress(stored).equals(content));
    assert.deepEqual(
      heard,
      heard.toSorted((a, b) => a - b),
    );
    assert.equal(heard.at(-1), content.length);
  }
});

test('an archive is on the disk before it is uploaded, and nobody else may read it', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const events = await recordDisk(t, folder);
  const file = path.join(folder, 'private.db.gz');
  await writeArchive(snapshot, file, gz, quietly);
  assert.deepEqual(events, ['flush private.db.gz']);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
});

test('one to be encrypted on a host that cannot decrypt is read back first, and not encrypted when it is not whole', async (t) => {
  const recipients = [await identityToRecipient(await generateIdentity())];
  const file = path.join(folder, 'wrong.db.gz.age');
  const handle = await open(snapshot);
  const handles: FileHandle = Object.getPrototypeOf(handle);
  await handle.close();
  const { read } = handles;
  let block = Buffer.alloc(0);
  t.mock.method(handles, 'read', function (this: FileHandle, buffer: Buffer<ArrayBuffer>) {
    block = buffer;
    return Reflect.apply(read, this, [buffer]);
  });
  // Memory that loses a bit after the block was hashed, before it is compressed.
  const bar = { advanceTo: () => block.writeUInt8(block.readUInt8(7) ^ 4, 7) };
  const options = { signal, bar, verifyBeforeEncryption: true };
  await assert.rejects(writeArchive(snapshot, file, { ...gz, recipients }, options), {
    code: 'READ_BACK_DIFFERS',
    message: 'The archive decompresses to other bytes than the snapshot; nothing was stored.',
  });
  assert.ok(!(await readdir(folder)).includes(path.basename(file)));
});

test('an empty snapshot makes a readable archive', async () => {
  const empty = path.join(folder, 'empty.db');
  await writeFile(empty, '');
  await writeArchive(empty, `${empty}.gz`, gz, quietly);
  await writeArchive(empty, `${empty}.zst`, zst, quietly);
  assert.equal(gunzipSync(await readFile(`${empty}.gz`)).length, 0);
  assert.equal(zstdDecompressSync(await readFile(`${empty}.zst`)).length, 0);
});

test('the age program decrypts an archive with any of its recipients', needs('tools'), async () => {
  const identities = await Promise.all([generateIdentity(), generateIdentity()]);
  const recipients = await Promise.all(identities.map((identity) => identityToRecipient(identity)));
  for (const verifyBeforeEncryption of [false, true]) {
    const file = path.join(folder, 'encrypted.db.gz.age');
    const archive = await writeArchive(snapshot, file, { ...gz, recipients }, { ...quietly, verifyBeforeEncryption });
    assert.equal(archive.sha256, await hashFile(file, { signal }));
    assert.equal(archive.plainSha256, sha256(content));
    for (const identity of identities) {
      const key = path.join(folder, 'key.txt');
      await writeFile(key, identity);
      const compressed = execFileSync('age', ['--decrypt', '-i', key, file], { maxBuffer: 50_000_000 });
      assert.ok(gunzipSync(compressed).equals(content));
    }
  }
});

test('a public key with a typing error is refused by name, and no archive is left', async () => {
  const recipient = (await identityToRecipient(await generateIdentity())).replace(/.$/, (last) =>
    last === 'q' ? 'p' : 'q',
  );
  const file = path.join(folder, 'typo.db.gz.age');
  await assert.rejects(writeArchive(snapshot, file, { ...gz, recipients: [recipient] }, quietly), (error: Failure) => {
    assert.equal(error.code, 'RECIPIENT_UNUSABLE');
    assert.match(error.message, new RegExp(recipient));
    return true;
  });
  assert.ok(!(await readdir(folder)).includes('typo.db.gz.age'));
});

test('an archive that does not decompress to the snapshot is caught before it is encrypted', async () => {
  const compressed = gzipSync(content);
  const expected = () => sha256(content);
  assert.deepEqual(await bytesOf(verifyStream(piecesOf(compressed), 'gzip', expected)), compressed);

  const flipped = Buffer.from(compressed);
  flipped[compressed.length >> 1] = (flipped[compressed.length >> 1] ?? 0) ^ 4;
  const bad = {
    flipped,
    'wrong from its beginning': Buffer.alloc(3_000_000, 7),
    'wrong early': Buffer.concat([compressed.subarray(0, 100_000), Buffer.alloc(3_000_000, 7)]),
    short: compressed.subarray(0, -20),
    other: gzipSync(rows),
    doubled: Buffer.concat([compressed, compressed]),
  };
  for (const [what, bytes] of Object.entries(bad)) {
    await assert.rejects(bytesOf(verifyStream(piecesOf(bytes), 'gzip', expected)), { code: 'READ_BACK_DIFFERS' }, what);
  }
});

async function* piecesOf(bytes: Buffer) {
  for (let start = 0; start < bytes.length; start += 100_000) yield bytes.subarray(start, start + 100_000);
}

test('stopped at any block, it throws the reason, removes the part and closes its files', async () => {
  const recipients = [await identityToRecipient(await generateIdentity())];
  const openFiles = () => readdirSync('/proc/self/fd').length;
  for (const format of [gz, zst, { ...gz, recipients }]) {
    const before = openFiles();
    const stop = new AbortController();
    const file = path.join(folder, `stopped${archiveEnding(format)}`);
    const options = {
      signal: stop.signal,
      bar: { advanceTo: (bytes: number) => bytes > 1_000_000 && stop.abort() },
      verifyBeforeEncryption: true,
    };
    await assert.rejects(writeArchive(snapshot, file, format, options), { name: 'AbortError' });
    assert.ok(!(await readdir(folder)).includes(path.basename(file)));
    assert.equal(openFiles(), before);
  }
});

test('a folder that is not there is named', async () => {
  const file = path.join(folder, 'absent', 'archive.db.gz');
  await assert.rejects(writeArchive(snapshot, file, gz, quietly), (error: Failure) => {
    assert.equal(error.code, 'STAGING_UNWRITABLE');
    assert.equal(error.message, `The archive ${file} cannot be written (ENOENT).`);
    return true;
  });
});

test('a disk that fills up ends in DISK_FULL and is given back its space', needs('root'), async () => {
  const small = path.join(folder, 'small');
  await mkdir(small);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small]);
  try {
    const recipients = [await identityToRecipient(await generateIdentity())];
    for (const format of [gz, zst, { ...zst, recipients }]) {
      const file = path.join(small, 'archive');
      await assert.rejects(writeArchive(snapshot, file, format, quietly), (error: Failure) => {
        assert.equal(error.code, 'DISK_FULL');
        assert.match(error.message, /archive/);
        assert.match(error.hint, /STAGING_DIR/);
        return true;
      });
      assert.deepEqual(await readdir(small), []);
    }
  } finally {
    execFileSync('umount', [small]);
  }
});

test('a file is hashed as sha256sum does, and hashing stops when aborted', async () => {
  assert.equal(await hashFile(snapshot, { signal, bar }), sha256(content));
  await assert.rejects(hashFile(snapshot, { signal: AbortSignal.abort() }), { name: 'AbortError' });
});
