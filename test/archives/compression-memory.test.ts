import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { gzip, gzipHeaderBytes } from '../../jobs/archives/format/gzip.ts';
import { blockKey, createIndexBuilder, parseIndex } from '../../jobs/archives/memory/block-index.ts';
import { createBlockMemory } from '../../jobs/archives/memory/block-memory.ts';
import { copyBeside } from '../../jobs/archives/memory/copy-beside.ts';
import { keepArchive, keptBytes, openKeptArchive, removeKeptArchive } from '../../jobs/archives/memory/kept-archive.ts';
import { recordDisk } from '../disk-recorder.ts';
import { blocksOf, bytesOf } from './blocks.ts';

const parent = mkdtempSync(path.join(tmpdir(), 'nightshift-memory-'));
after(() => rmSync(parent, { recursive: true }));
let folders = 0;
function newFolder(): string {
  folders += 1;
  return path.join(parent, String(folders));
}

const sha = 'ab'.repeat(32);

type Night = { readonly archive: Buffer; readonly reusedBytes: number | null };

/** One night: compresses with what is kept in `folder`, and keeps what comes out. */
async function night(folder: string, plain: Buffer, level: number, blockBytes: number): Promise<Night> {
  const kept = await openKeptArchive(folder, { level, blockBytes });
  const memory = createBlockMemory(kept);
  const archive = await bytesOf(gzip(blocksOf(plain), level, { blockBytes, memory }));
  await kept?.close();
  const file = `${folder}.new`;
  writeFileSync(file, archive, { mode: 0o600 });
  await keepArchive(folder, { file, index: memory.index({ level, blockBytes }, sha, gzipHeaderBytes) });
  return { archive, reusedBytes: memory.reused()?.bytes ?? null };
}

type FileChange =
  | { readonly kind: 'edit'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'grow'; readonly bytes: Uint8Array }
  | { readonly kind: 'cut'; readonly at: number; readonly length: number }
  | { readonly kind: 'shrink'; readonly at: number };

const place = fc.double({ min: 0, max: 1, noNaN: true });
const some = fc.uint8Array({ minLength: 1, maxLength: 3000 });
const change: fc.Arbitrary<FileChange> = fc.oneof(
  fc.record({ kind: fc.constant('edit' as const), at: place, bytes: some }),
  fc.record({ kind: fc.constant('insert' as const), at: place, bytes: some }),
  fc.record({ kind: fc.constant('grow' as const), bytes: some }),
  fc.record({ kind: fc.constant('cut' as const), at: place, length: fc.nat({ max: 5000 }) }),
  fc.record({ kind: fc.constant('shrink' as const), at: place }),
);

function changed(before: Buffer, next: FileChange): Buffer {
  if (next.kind === 'grow') return Buffer.concat([before, next.bytes]);
  const at = Math.floor(next.at * before.length);
  if (next.kind === 'shrink') return before.subarray(0, at);
  const [head, tail] = [before.subarray(0, at), before.subarray(at)];
  if (next.kind === 'cut') return Buffer.concat([head, tail.subarray(next.length)]);
  if (next.kind === 'insert') return Buffer.concat([head, next.bytes, tail]);
  return Buffer.concat([head, next.bytes, tail.subarray(next.bytes.length)]);
}

test('whatever changes from night to night, the archive is the same with and without what is kept', async () => {
  const start = fc
    .array(
      fc.oneof(
        some,
        fc.nat({ max: 5 }).map((times) => Buffer.alloc(times * 900, '|paid|Kuala Lumpur')),
      ),
      {
        maxLength: 12,
      },
    )
    .map((parts) => Buffer.concat(parts));
  const nights = fc.array(fc.array(change, { maxLength: 3 }), { minLength: 1, maxLength: 4 });
  const property = fc.asyncProperty(
    start,
    nights,
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 64, max: 4096 }),
    async (first, changes, level, blockBytes) => {
      const folder = newFolder();
      let plain: Buffer = first;
      await night(folder, plain, level, blockBytes);
      for (const changesOfDay of changes) {
        plain = changesOfDay.reduce(changed, plain);
        const { archive } = await night(folder, plain, level, blockBytes);
        assert.deepEqual(archive, await bytesOf(gzip(blocksOf(plain), level, { blockBytes })));
        assert.deepEqual(gunzipSync(archive, { rejectGarbageAfterEnd: true }), plain);
      }
    },
  );
  await fc.assert(property, { numRuns: 40 });
});

test('a database that is written, grows, loses rows and is vacuumed: the same bytes, and what did not change is reused', async () => {
  const file = path.join(parent, 'shop.db');
  const db = new Sqlite(file);
  const insert = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
    INSERT INTO orders (note) SELECT hex(i * 7919) || ' paid in Kuala Lumpur, order ' || i FROM n`;
  db.exec(`CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT); ${insert}; ${insert}; ${insert}`);
  const folder = newFolder();
  const shares: (number | null)[] = [];
  for (const sql of [
    '',
    '',
    "UPDATE orders SET note = 'refunded' WHERE id = 500",
    insert,
    'DELETE FROM orders WHERE id < 2000',
    'VACUUM',
  ]) {
    db.exec(sql);
    const plain = readFileSync(file);
    const { archive, reusedBytes } = await night(folder, plain, 9, 64 * 1024);
    assert.deepEqual(archive, await bytesOf(gzip(blocksOf(plain), 9)), sql);
    shares.push(reusedBytes === null ? null : Math.round((10 * reusedBytes) / plain.length));
  }
  db.close();
  assert.deepEqual(shares.slice(0, 2), [null, 10]);
  assert.ok((shares[2] ?? 0) >= 7 && (shares[3] ?? 0) >= 5, shares.join(' '));
  assert.equal(shares[5], 0);
});

test('a block after other bytes is another block, and so is one of another length', () => {
  const key = (dictionary: string | undefined, block: string) =>
    blockKey(dictionary === undefined ? undefined : Buffer.from(dictionary), Buffer.from(block)).toString('hex');
  const keys = [key(undefined, 'abc'), key('a', 'bc'), key('ab', 'c'), key('b', 'bc'), key('', 'abcd')];
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(key('a', 'bc'), key('a', 'bc'));
});

test('an index is found again by its keys alone; damaged anywhere, cut short or of other settings it is none', () => {
  const settings = { level: 9, blockBytes: 64 };
  const builder = createIndexBuilder();
  const blocks = Array.from({ length: 1500 }, (_, number) => Buffer.from(`block ${number}`));
  for (const [number, block] of [...blocks.entries()].reverse()) builder.add(number, blockKey(undefined, block), block);
  const file = builder.serialize(settings, sha, 10);
  const index = parseIndex(file, settings);
  assert.equal(index?.snapshotSha256, sha);
  let offset = 10;
  for (const block of blocks) {
    const found = index?.find(blockKey(undefined, block));
    assert.deepEqual([found?.offset, found?.bytes], [offset, block.length]);
    offset += block.length;
  }
  assert.equal(index?.find(blockKey(undefined, Buffer.from('block 1500'))), null);
  for (const at of [0, 30, 70, 100, 200, file.length - 1]) {
    const bad = Buffer.from(file);
    bad.writeUInt8(bad.readUInt8(at) ^ 1, at);
    assert.equal(parseIndex(bad, settings), null, `byte ${at}`);
  }
  assert.equal(parseIndex(file.subarray(0, -40), settings), null);
  assert.equal(parseIndex(Buffer.alloc(0), settings), null);
  assert.equal(parseIndex(file, { ...settings, level: 8 }), null);
  assert.equal(parseIndex(file, { ...settings, blockBytes: 65 }), null);
});

test('a block that is damaged in the kept archive, or lies beyond its end, is compressed again', async () => {
  const folder = newFolder();
  const plain = Buffer.from(Array.from({ length: 400 }, (_, id) => `${id}|${id * 7919}|paid\n`).join(''));
  const { archive } = await night(folder, plain, 9, 1024);
  const file = path.join(folder, 'archive.gz');
  const bad = Buffer.from(archive);
  bad.writeUInt8(bad.readUInt8(100) ^ 4, 100);
  for (const kept of [bad, archive.subarray(0, 100), Buffer.alloc(0)]) {
    writeFileSync(file, kept);
    const again = await night(folder, plain, 9, 1024);
    assert.deepEqual(again.archive, archive);
    assert.ok((again.reusedBytes ?? plain.length) < plain.length);
  }
});

test('the archive is kept with its index or without, never with another, and nobody else may read them', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const folder = newFolder();
  await night(folder, Buffer.from('one night'), 9, 64);
  const events = await recordDisk(t, parent);
  await night(folder, Buffer.from('the next night'), 9, 64);
  const name = path.basename(folder);
  assert.deepEqual(events, [
    `remove ${name}/index`,
    `rename ${name}.new -> ${name}/archive.gz`,
    `flush ${name}/index.new`,
    `rename ${name}/index.new -> ${name}/index`,
  ]);
  const modes = readdirSync(folder).map((file) => [file, (statSync(path.join(folder, file)).mode & 0o777).toString(8)]);
  assert.deepEqual(modes, [
    ['archive.gz', '600'],
    ['index', '600'],
  ]);
  assert.equal((statSync(folder).mode & 0o777).toString(8), '700');
});

test('compressed bytes are copied on their way to encryption while there is room, and pass all the same', async () => {
  const pieces = [Buffer.from('first'), Buffer.from('second'), Buffer.from('third')];
  async function* source() {
    yield* pieces;
  }
  const whole = Buffer.concat(pieces);
  const file = newFolder();
  const fits = copyBeside(source(), file, whole.length);
  assert.deepEqual([await bytesOf(fits.bytes), fits.file()], [whole, file]);
  assert.deepEqual(readFileSync(file), whole);
  assert.equal((statSync(file).mode & 0o777).toString(8), '600');
  for (const room of [whole.length - 1, 0, -5]) {
    const tight = copyBeside(source(), file, room);
    assert.deepEqual([await bytesOf(tight.bytes), tight.file()], [whole, null]);
    assert.equal(existsSync(file), false);
  }
  const nowhere = copyBeside(source(), path.join(parent, 'absent', 'copy'), 1000);
  assert.deepEqual([await bytesOf(nowhere.bytes), nowhere.file()], [whole, null]);
  const left = copyBeside(source(), file, 1000);
  for await (const piece of left.bytes) if (piece.length > 0) break;
  assert.deepEqual([left.file(), existsSync(file)], [null, false]);
});

test('removing what is kept leaves what others put there', async () => {
  const folder = newFolder();
  await night(folder, Buffer.from('one night'), 9, 64);
  const bytes = await keptBytes(folder);
  writeFileSync(path.join(folder, 'notes.txt'), 'mine');
  assert.equal(await removeKeptArchive(folder), bytes);
  assert.deepEqual(readdirSync(folder), ['notes.txt']);
  assert.equal(await removeKeptArchive(path.join(parent, 'absent')), 0);
});
