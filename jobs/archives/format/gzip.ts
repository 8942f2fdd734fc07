import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';
import type { BlockMemory } from '../memory/block-memory.ts';
import { compressBlocks, type ReadBlock } from './blocks.ts';

const deflate = promisify(deflateRaw);

/** How far back deflate can point: RFC 1951, section 2. */
const windowBytes = 32 * 1024;
/** An empty last block, which ends a deflate stream. */
const endOfDeflate = Buffer.from([3, 0]);
/** Of a gzip header without a name. */
export const gzipHeaderBytes = 10;

/** Small, so that few blocks differ between two nights; smaller ones are no faster, and the index grows. */
export const gzipBlockBytes = 64 * 1024;
/** So many are read, and deflated one after the other, at a time. */
const blocksAtATime = 8;
// Each takes some 2 MiB.
const maxConcurrency = 9;

type GzipOptions = { readonly blockBytes?: number; readonly memory?: BlockMemory | null };

/**
 * One gzip member of all that `read` gives, compressed on all cores as pigz does: each block on its own, knowing the 32 KiB
 * before it and ended on a byte border. The same input, level (1 to 9) and `blockBytes` give the same bytes, whatever
 * `memory` has.
 */
export async function* gzip(
  read: ReadBlock,
  level: number,
  { blockBytes = gzipBlockBytes, memory = null }: GzipOptions = {},
): AsyncGenerator<Buffer> {
  let crc = 0;
  let bytes = 0;
  let blocks = 0;
  let history: Buffer | undefined;
  const options = { level, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: Math.max(1024, blockBytes / 2) };
  const deflateBlock = (number: number, block: Buffer, dictionary: Buffer | undefined) => {
    const compress = () => deflate(block, { ...options, dictionary });
    return memory === null ? compress() : memory.deflated(number, { dictionary, block }, compress);
  };
  const compress = async (batch: Buffer) => {
    const before = history;
    const first = blocks;
    history = Buffer.from(batch.subarray(-windowBytes));
    blocks += Math.ceil(batch.length / blockBytes);
    crc = crc32(batch, crc);
    bytes += batch.length;
    const deflated: Buffer[] = [];
    for (let start = 0; start < batch.length; start += blockBytes) {
      const block = batch.subarray(start, start + blockBytes);
      const dictionary = start === 0 ? before : batch.subarray(Math.max(0, start - windowBytes), start);
      deflated.push(await deflateBlock(first + deflated.length, block, dictionary));
    }
    return [Buffer.concat(deflated)];
  };
  const concurrency = Math.min(availableParallelism() + 1, maxConcurrency);
  const batchBytes = blocksAtATime * blockBytes;

  yield header(level);
  yield* compressBlocks(read, { blockBytes: batchBytes, concurrency, open: () => ({ compress, close() {} }) });
  yield endOfDeflate;
  yield trailer(crc, bytes);
}

/** RFC 1952, section 2.3: method 8 is deflate; no name and no time, so that equal input stays equal; 3 is Unix. */
function header(level: number): Buffer {
  const effort = level === 9 ? 2 : level === 1 ? 4 : 0;
  return Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, effort, 3]);
}

/** CRC-32 and length, the length modulo 2^32 (RFC 1952, section 2.3.1). */
export function trailer(crc: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeUInt32LE(crc, 0);
  buffer.writeUInt32LE(bytes % 2 ** 32, 4);
  return buffer;
}
