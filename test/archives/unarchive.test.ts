import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { readIdentity } from '../../jobs/archives/format/age-identity.ts';
import type { AgeIdentity } from '../../jobs/archives/format/encryption.ts';
import { plainStream } from '../../jobs/archives/format/unarchive.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import { needs } from '../lab/parts.ts';
import { bytesOf } from './blocks.ts';

const { signal } = new AbortController();
const plain = Buffer.concat([Buffer.alloc(200_000, 'order|paid|'), randomBytes(100_000)]);
const daily = 'sqlite-backups/daily/csv_data_2025-11-30_020000.db';

let folder = '';
let identity: AgeIdentity;
let stranger: AgeIdentity;
let recipient = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nightshift-unarchive-'));
  const secret = await generateIdentity();
  recipient = await identityToRecipient(secret);
  identity = await identityFile(
    'key.txt',
    `# created: 2025-11-30T02:00:00+08:00\n# public key: ${recipient}\n${secret}\n`,
  );
  stranger = await identityFile('stranger.txt', await generateIdentity());
});
after(() => rm(folder, { recursive: true }));

async function identityFile(name: string, text: string): Promise<AgeIdentity> {
  await writeFile(path.join(folder, name), text);
  return readIdentity(path.join(folder, name));
}

async function encrypted(bytes: Buffer): Promise<Buffer> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return Buffer.from(await encrypter.encrypt(bytes));
}

async function unarchive(bytes: Uint8Array, ending: string, who: AgeIdentity | null = null, pieceBytes = 10_000) {
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
    bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  );
  return bytesOf(await plainStream(Readable.from(pieces, { objectMode: false }), daily + ending, who, signal));
}

function failsWith(code: Failure['code'], ...said: RegExp[]) {
  return (error: unknown) => {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.code, code);
    for (const pattern of said) assert.match(`${error.message} ${error.hint}`, pattern);
    return true;
  };
}

test('every kind of archive gives its plain bytes, however the store cuts the stream', async () => {
  const archives = {
    '.gz': gzipSync(plain),
    '.zst': zstdCompressSync(plain),
    '.gz.age': await encrypted(gzipSync(plain)),
    '.zst.age': await encrypted(zstdCompressSync(plain)),
  };
  for (const [ending, archive] of Object.entries(archives)) {
    for (const pieceBytes of [13, 10_000, archive.length]) {
      assert.ok(
        (await unarchive(archive, ending, identity, pieceBytes)).equals(plain),
        `${ending} in pieces of ${pieceBytes}`,
      );
    }
  }
});

test('several gzip members and several zstd frames are one backup', async () => {
  const halves = [plain.subarray(0, 150_000), plain.subarray(150_000)];
  assert.ok((await unarchive(Buffer.concat(halves.map((half) => gzipSync(half))), '.gz')).equals(plain));
  assert.ok((await unarchive(Buffer.concat(halves.map((half) => zstdCompressSync(half))), '.zst')).equals(plain));
});

test('what gzip, zstd and age wrote is read', needs('tools'), async () => {
  const run =
    (program: string, ...args: string[]) =>
    (input: Buffer) =>
      execFileSync(program, args, { input, maxBuffer: 50_000_000, stdio: ['pipe', 'pipe', 'ignore'] });
  const gzipped = run('gzip', '-9')(plain);
  assert.ok((await unarchive(gzipped, '.gz')).equals(plain));
  assert.ok((await unarchive(run('zstd', '-9', '-T2')(plain), '.zst')).equals(plain));
  assert.ok((await unarchive(run('age', '-r', recipient)(gzipped), '.gz.age', identity)).equals(plain));
});

test('a backup cut short anywhere is never taken for whole', async () => {
  const small = Buffer.alloc(5000, 'order|paid|');
  const archives = {
    '.gz': gzipSync(small),
    '.zst': zstdCompressSync(small),
    '.gz.age': await encrypted(gzipSync(small)),
    '.zst.age': await encrypted(zstdCompressSync(small)),
  };
  for (const [ending, archive] of Object.entries(archives)) {
    for (let length = 0; length < archive.length; length += 1) {
      await assert.rejects(unarchive(archive.subarray(0, length), ending, identity), failsWith('ARCHIVE_UNREADABLE'));
    }
  }
  await assert.rejects(
    unarchive(archives['.gz'].subarray(0, -1), '.gz'),
    failsWith('ARCHIVE_UNREADABLE', /csv_data_2025-11-30_020000\.db\.gz is cut short/, /nightshift list/),
  );
});

test('a changed bit is found, or changes nothing', async () => {
  const small = Buffer.alloc(5000, 'order|paid|');
  const archives = [
    ['.gz', gzipSync(small)],
    ['.zst', zstdCompressSync(small, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })],
    ['.gz.age', await encrypted(gzipSync(small))],
  ] as const;
  const property = fc.asyncProperty(fc.constantFrom(...archives), fc.nat(), async ([ending, archive], at) => {
    const changed = Buffer.from(archive);
    const bit = at % (archive.length * 8);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const result = await unarchive(changed, ending, identity).catch((error) => error);
    // Only in the lines of an age file that say for whom it is, a bit can make another recipient.
    const mayBeForAnother = ending.endsWith('.age') && bit >> 3 < archive.indexOf('\n--- ');
    const codes = mayBeForAnother ? ['ARCHIVE_UNREADABLE', 'ARCHIVE_IDENTITY_WRONG'] : ['ARCHIVE_UNREADABLE'];
    if (result instanceof Failure) assert.ok(codes.includes(result.code), result.code);
    else assert.deepEqual(result, small);
  });
  await fc.assert(property, { numRuns: 300 });
});

test('anything after the end makes an archive unreadable', async () => {
  const garbage = Buffer.from('<html>502 Bad Gateway</html>');
  for (const pieceBytes of [100, 10_000_000]) {
    for (const tail of [garbage, garbage.subarray(0, 1)]) {
      const ends = [
        ['.gz', gzipSync(plain)],
        ['.zst', zstdCompressSync(plain)],
      ] as const;
      for (const [ending, archive] of ends) {
        const whole = Buffer.concat([archive, tail]);
        await assert.rejects(unarchive(whole, ending, null, pieceBytes), failsWith('ARCHIVE_UNREADABLE'));
      }
      const whole = Buffer.concat([await encrypted(gzipSync(plain)), tail]);
      await assert.rejects(unarchive(whole, '.gz.age', identity, pieceBytes), failsWith('ARCHIVE_UNREADABLE'));
    }
  }
});

test('what is not an archive is named, with a way out', async () => {
  const sqlite = Buffer.from('SQLite format 3\0'.padEnd(4096, '\n'));
  for (const ending of ['.gz', '.zst', '.gz.age']) {
    await assert.rejects(
      unarchive(sqlite, ending, identity),
      failsWith('ARCHIVE_UNREADABLE', /is damaged/, /nightshift list/),
    );
  }
  for (const ending of ['', '.bz2', '.gz.gpg', '.age', '.gz.age.part']) {
    await assert.rejects(unarchive(sqlite, ending, identity), failsWith('ARCHIVE_UNREADABLE', /ends with neither/));
  }
});

test('an encrypted backup asks for its identity, and knows a wrong one', async () => {
  const archive = await encrypted(gzipSync(plain));
  await assert.rejects(
    unarchive(archive, '.gz.age'),
    failsWith('ARCHIVE_IDENTITY_MISSING', /--identity/, /BACKUP_AGE_IDENTITY/),
  );
  await assert.rejects(unarchive(archive, '.gz.age', stranger), failsWith('ARCHIVE_IDENTITY_WRONG', /stranger\.txt/));
});

test('when the store breaks off, its own failure comes through', async () => {
  const archives = [
    ['.gz', gzipSync(plain)],
    ['.gz.age', await encrypted(gzipSync(plain))],
  ] as const;
  for (const lost of [
    new Failure('STORE_UNREACHABLE', 'The connection was lost.', 'Try again.'),
    new Error('socket hang up'),
  ]) {
    for (const [ending, archive] of archives) {
      for (const length of [0, 20, archive.length >> 1, archive.length]) {
        const stored = Readable.from(
          (async function* () {
            yield archive.subarray(0, length);
            throw lost;
          })(),
          { objectMode: false },
        );
        const reading = plainStream(stored, daily + ending, identity, signal).then(bytesOf);
        await assert.rejects(reading, (error) => error === lost);
        assert.ok(stored.destroyed);
      }
    }
  }
});

/** A store that gives some bytes and then nothing more. */
function stalled(bytes: Buffer): Readable {
  let left = bytes;
  return new Readable({
    read() {
      if (left.length > 0) this.push(left);
      left = Buffer.alloc(0);
    },
  });
}

test('stopped while the store stalls, everything is closed', async () => {
  for (const [ending, archive] of [
    ['.gz', gzipSync(plain)],
    ['.gz.age', await encrypted(gzipSync(plain))],
  ] as const) {
    for (const length of [1, archive.length >> 1]) {
      const stop = new AbortController();
      const stored = stalled(archive.subarray(0, length));
      const reading = plainStream(stored, daily + ending, identity, stop.signal).then(bytesOf);
      setTimeout(() => stop.abort(), 20);
      await assert.rejects(reading, { name: 'AbortError' });
      assert.ok(stored.destroyed);
    }
  }
  const stored = stalled(Buffer.alloc(1));
  await assert.rejects(plainStream(stored, `${daily}.gz`, null, AbortSignal.abort()).then(bytesOf), {
    name: 'AbortError',
  });
  assert.ok(stored.destroyed);
});

test('a reader that stops early closes the stored stream', async () => {
  const stored = stalled(gzipSync(plain).subarray(0, 50_000));
  const stream = await plainStream(stored, `${daily}.gz`, null, signal);
  await once(stream, 'readable');
  stream.destroy();
  await once(stored, 'close');
});
