import { availableParallelism } from 'node:os';
import { constants, createZstdCompress, zstdCompressSync } from 'node:zlib';
import { type BlockCompressor, compressBlocks, type ReadBlock } from './blocks.ts';

const defaultBlockBytes = 1024 * 1024;
// Each takes some 20 MiB; three keep the process under 200 MiB.
const maxConcurrency = 3;

/**
 * All that `read` gives as zstd frames, one a block and each with its checksum, compressed side by side. Frames one after
 * the other are one file to every zstd program (RFC 8878, section 3). `level` is 1 to 19.
 */
export async function* zstd(read: ReadBlock, level: number, blockBytes = defaultBlockBytes): AsyncGenerator<Buffer> {
  const params = { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 };
  const concurrency = Math.min(availableParallelism() + 1, maxConcurrency);
  const open = () =>
    frameCompressor({ params, flush: constants.ZSTD_e_end, chunkSize: Math.max(1024, blockBytes / 2) });
  let isEmpty = true;
  for await (const bytes of compressBlocks(read, { blockBytes, concurrency, open })) {
    isEmpty = false;
    yield bytes;
  }
  if (isEmpty) yield zstdCompressSync(Buffer.alloc(0), { params });
}

/** One compressor for many frames: making its tables for each would cost a tenth of the time and more memory. */
function frameCompressor(options: Parameters<typeof createZstdCompress>[0]): BlockCompressor {
  const stream = createZstdCompress(options);
  let parts: Buffer[] = [];
  const collect = () => {
    for (let part = stream.read(); part !== null; part = stream.read()) parts.push(part);
  };
  stream.on('readable', collect);
  // The write's own callback reports it.
  stream.on('error', () => {});
  return {
    compress: (block) =>
      new Promise((resolve, reject) => {
        stream.write(block, (error) => {
          if (error) return reject(error);
          collect();
          resolve(parts);
          parts = [];
        });
      }),
    close: () => stream.destroy(),
  };
}
