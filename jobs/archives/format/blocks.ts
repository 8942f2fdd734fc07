/** Fills `buffer` from where the last call ended, and returns its filled part; that is empty after the last byte. */
export type ReadBlock = (buffer: Buffer) => Promise<Buffer>;

export type BlockCompressor = {
  /** Called once a block, in the order of the blocks; the block is not touched until the promise settles. */
  compress(block: Buffer): Promise<readonly Buffer[]>;
  close(): void;
};

export type BlockOptions = {
  readonly blockBytes: number;
  /** Blocks in work at a time; each has a buffer and a compressor of its own, so memory does not grow with the input. */
  readonly concurrency: number;
  readonly open: () => BlockCompressor;
};

/** Compresses block after block side by side, and yields what they became in their order. */
export async function* compressBlocks(
  read: ReadBlock,
  { blockBytes, concurrency, open }: BlockOptions,
): AsyncGenerator<Buffer> {
  const nothing: Promise<readonly Buffer[]> = Promise.resolve([]);
  const lanes = Array.from({ length: concurrency }, () => {
    return { buffer: Buffer.allocUnsafeSlow(blockBytes), compressor: open(), result: nothing };
  });
  try {
    let idle = 0;
    while (idle < concurrency) {
      for (const lane of lanes) {
        yield* await lane.result;
        const block = await read(lane.buffer);
        idle = block.length === 0 ? idle + 1 : 0;
        lane.result = block.length === 0 ? nothing : lane.compressor.compress(block);
        // A rejection is handled where it is awaited; until then it must not count as unhandled.
        lane.result.catch(() => {});
      }
    }
  } finally {
    await Promise.allSettled(lanes.map(({ result }) => result));
    for (const { compressor } of lanes) compressor.close();
  }
}
