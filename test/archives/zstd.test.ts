import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { zstd } from '../../jobs/archives/format/zstd.ts';
import { needs } from '../lab/parts.ts';
import { blocksOf, bytesOf } from './blocks.ts';

const KiB = 1024;

test('whatever the bytes, the level and the block size, zstd gives them back', async () => {
  const content = fc
    .array(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 9 })), { maxLength: 30 })
    .map((pieces) =>
      Buffer.concat(pieces.map((piece) => (typeof piece === 'number' ? Buffer.alloc(piece * 1500, 'paid|') : piece))),
    );
  const property = fc.asyncProperty(
    content,
    fc.integer({ min: 1, max: 19 }),
    fc.integer({ min: 500, max: 70_000 }),
    async (plain, level, blockBytes) => {
      assert.deepEqual(zstdDecompressSync(await bytesOf(zstd(blocksOf(plain), level, blockBytes))), plain);
    },
  );
  await fc.assert(property, { numRuns: 40 });
});

test('bytes that do not compress come back whole, in order', async () => {
  const plain = randomBytes(5_500 * KiB);
  assert.ok(zstdDecompressSync(await bytesOf(zstd(blocksOf(plain), 1))).equals(plain));
});

test('the zstd program reads it and finds a checksum in every frame', needs('tools'), async () => {
  for (const plain of [Buffer.alloc(0), randomBytes(300 * KiB), Buffer.alloc(3_000_000, 'nightly backup ')]) {
    const archive = await bytesOf(zstd(blocksOf(plain), 9, 256 * KiB));
    assert.deepEqual(execFileSync('zstd', ['-dc'], { input: archive, maxBuffer: 10_000_000 }), plain);
    const lastFrame = Buffer.from(archive);
    lastFrame[archive.length - 1] = (lastFrame.at(-1) ?? 0) ^ 1;
    assert.throws(
      () => execFileSync('zstd', ['-dc'], { input: lastFrame, stdio: 'pipe', maxBuffer: 10_000_000 }),
      /checksum/i,
    );
  }
});
