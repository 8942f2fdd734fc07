import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';
import { compressBlocks, type ReadBlock } from './blocks.ts';

const deflate = promisify(deflateRaw);

/** How far back deflate can point: RFC 1951, section 2. */
const windowBytes = 32 * 1024;
/** An empty last block, which ends a deflate stream. */
const endOfDeflate = Buffer.from([3, 0]);

const defaultBlockBytes = 512 * 1024;
// Each takes some 2 MiB.
const maxConcurrency = 9;

/**
 * One gzip member of all that `read` gives, compressed on all cores as pigz does: each block on its own, knowing the 32 KiB
 * before it and ended on a byte border. The same input and level (1 to 9) give the same bytes.
 */
export async function* gzip(read: ReadBlock, level: number, blockBytes = defaultBlockBytes): AsyncGenerator<Buffer> {
  let crc = 0;
  let bytes = 0;
  let history: Buffer | undefined;
  const options = { level, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: Math.max(1024, blockBytes / 2) };
  const compress = async (block: Buffer) => {
    const dictionary = history;
    history = Buffer.from(block.subarray(-windowBytes));
    crc = crc32(block, crc);
    bytes += block.length;
    return [await deflate(block, { ...options, dictionary })];
  };
  const concurrency = Math.min(availableParallelism() + 1, maxConcurrency);

  yield header(level);
  yield* compressBlocks(read, { blockBytes, concurrency, open: () => ({ compress, close() {} }) });
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
