import { blockKey, createIndexBuilder, type DeflateSettings } from './block-index.ts';
import type { KeptArchive } from './kept-archive.ts';

/** Deflates blocks, or takes what they were deflated to from the last archive. */
export type BlockMemory = {
  /** What `block` deflates to, after `dictionary`. `number` counts the blocks from 0; `deflate` is called for a new one. */
  deflated(number: number, source: DeflateSource, deflate: () => Promise<Buffer>): Promise<Buffer>;
  /** What was taken from the last archive; null without one. */
  reused(): ReusedBlocks | null;
  /** An index of the archive that was made of these blocks; see createIndexBuilder. */
  index(settings: DeflateSettings, snapshotSha256: string, firstOffset: number): Buffer;
};

/** Plain bytes of blocks that were not deflated again, and the snapshot of the archive that had them. */
export type ReusedBlocks = { readonly bytes: number; readonly snapshotSha256: string };

type DeflateSource = { readonly dictionary: Buffer | undefined; readonly block: Buffer };

/** For one archive: blocks come from `kept`, where it has them. */
export function createBlockMemory(kept: KeptArchive | null): BlockMemory {
  const builder = createIndexBuilder();
  let reused = 0;
  return {
    async deflated(number, { dictionary, block }, deflate) {
      const key = blockKey(dictionary, block);
      const { length } = block;
      const known = (await kept?.read(key)) ?? null;
      if (known !== null) reused += length;
      const bytes = known ?? (await deflate());
      builder.add(number, key, bytes);
      return bytes;
    },
    reused: () => (kept === null ? null : { bytes: reused, snapshotSha256: kept.snapshotSha256 }),
    index: (settings, snapshotSha256, firstOffset) => builder.serialize(settings, snapshotSha256, firstOffset),
  };
}
