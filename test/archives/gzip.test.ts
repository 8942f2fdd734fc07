import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { gzip, trailer } from '../../jobs/archives/format/gzip.ts';
import { needs } from '../lab/parts.ts';
import { blocksOf, bytesOf } from './blocks.ts';

const KiB = 1024;

/** Bytes that repeat themselves near and far, with noise between: what deflate can point back into, and what it cannot. */
const content = fc
  .array(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 9 })), { maxLength: 40 })
  .map((pieces) => {
    const phrase = Buffer.from('2025-11-30 02:00:01|paid|Kuala Lumpur|');
    return Buffer.concat(
      pieces.map((piece) => (typeof piece === 'number' ? Buffer.alloc(piece * 1500, phrase) : piece)),
    );
  });

test('whatever the bytes, the level and the block size, gunzip gives them back from one member', async () => {
  const property = fc.asyncProperty(
    content,
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 40, max: 70_000 }),
    async (plain, level, blockBytes) => {
      const archive = await bytesOf(gzip(blocksOf(plain), level, { blockBytes }));
      // This option makes a second member an error.
      assert.deepEqual(gunzipSync(archive, { rejectGarbageAfterEnd: true }), plain);
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

test('sizes around the block and window borders come back whole', async () => {
  const blockBytes = 64 * KiB;
  for (const border of [0, 32 * KiB, blockBytes, 2 * blockBytes, 8 * blockBytes]) {
    for (const size of [border - 1, border, border + 1].filter((size) => size >= 0)) {
      const plain = randomBytes(size);
      const archive = await bytesOf(gzip(blocksOf(plain), 9, { blockBytes }));
      assert.deepEqual(gunzipSync(archive, { rejectGarbageAfterEnd: true }), plain, `${size} bytes`);
    }
  }
});

test('blocks know what came before them, so cutting costs less than one percent', async () => {
  const rows = Array.from(
    { length: 60_000 },
    (_, id) => `${id}|${(id * 7919) % 50_000}|paid|Kuala Lumpur|${id % 97}.50\n`,
  );
  const plain = Buffer.from(rows.join(''));
  const archive = await bytesOf(gzip(blocksOf(plain), 9));
  assert.ok(archive.length < 1.01 * gzipSync(plain, { level: 9 }).length);
});

test('the same bytes make the same archive', async () => {
  const plain = Buffer.concat([randomBytes(100 * KiB), Buffer.alloc(100 * KiB, 'row')]);
  const [first, second] = await Promise.all(
    [1, 2].map(() => bytesOf(gzip(blocksOf(plain), 9, { blockBytes: 16 * KiB }))),
  );
  assert.deepEqual(first, second);
});

test('the length of 4 GiB and more is kept modulo 2^32, as the format says', () => {
  assert.deepEqual(trailer(0xdeadbeef, 2 ** 32 + 5), Buffer.from('efbeadde05000000', 'hex'));
  assert.deepEqual(trailer(crc32(''), 0), Buffer.alloc(8));
});

test('the gzip program reads it', needs('tools'), async () => {
  for (const plain of [Buffer.alloc(0), randomBytes(3 * KiB), Buffer.alloc(3_000_000, 'nightly backup ')]) {
    const archive = await bytesOf(gzip(blocksOf(plain), 9, { blockBytes: 256 * KiB }));
    execFileSync('gzip', ['--test'], { input: archive });
    assert.deepEqual(execFileSync('gunzip', ['-c'], { input: archive, maxBuffer: 10_000_000 }), plain);
  }
});

test('a block that cannot be read ends the stream with that error', async () => {
  const read = blocksOf(Buffer.alloc(100 * KiB));
  let reads = 0;
  const failing = gzip(
    (buffer) => {
      reads += 1;
      return reads === 5 ? Promise.reject(new Error('bad sector')) : read(buffer);
    },
    9,
    { blockBytes: KiB },
  );
  await assert.rejects(bytesOf(failing), { message: 'bad sector' });
});
