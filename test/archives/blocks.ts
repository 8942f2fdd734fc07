import type { ReadBlock } from '../../jobs/archives/format/blocks.ts';

/** Gives the bytes of `content` block by block, as a file would. */
export function blocksOf(content: Buffer): ReadBlock {
  let position = 0;
  return async (buffer) => {
    const count = content.copy(buffer, 0, position);
    position += count;
    return buffer.subarray(0, count);
  };
}

export async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(stream));
}
