import { createHash } from 'node:crypto';
import type { DiskEvent, DiskWrite } from './disk-log.ts';

/**
 * A moment at which the power goes: after so many events. Of what was written since the last flush everything has reached the
 * disk, or a random half, the same one for the same seed.
 */
export type PowerCut = { readonly after: number; readonly seed: number | null };

/** What a disk keeps or loses as one. */
const blockBytes = 4096;

/** `after 118 of 240 writes and flushes, half of the unflushed lost (seed 2)`. */
export function cutText({ after, seed }: PowerCut, events: readonly DiskEvent[]): string {
  const lost = seed === null ? 'nothing lost' : `half of the unflushed lost (seed ${seed})`;
  return `after ${after} of ${events.length} writes and flushes, ${lost}`;
}

/** Every moment after `from` events, each without loss and with `seeds` random ones where there is something to lose. */
export function allCuts(events: readonly DiskEvent[], from: number, seeds: number): PowerCut[] {
  const moments = Array.from({ length: events.length - from + 1 }, (_, index) => from + index);
  return moments.flatMap((after) => {
    const withLoss = unflushed(events, after).length === 0 ? 0 : seeds;
    return [null, ...Array.from({ length: withLoss }, (_, seed) => seed)].map((seed) => ({ after, seed }));
  });
}

/** At most `count` of them, from the first to the last, at even distances. */
export function evenly<T>(all: readonly T[], count: number): T[] {
  if (all.length <= count) return [...all];
  return Array.from({ length: count }, (_, index) => all[Math.round((index * (all.length - 1)) / (count - 1))]).filter(
    (one) => one !== undefined,
  );
}

/** How many events the last flush before the cut ended: those are on the disk for sure. */
export function flushedBefore(events: readonly DiskEvent[], after: number): number {
  return events.slice(0, after).findLastIndex(({ kind }) => kind === 'flush') + 1;
}

/** What reached the disk of all that was written since the last flush before the cut. */
export function reached(events: readonly DiskEvent[], { after, seed }: PowerCut): DiskWrite[] {
  const writes = unflushed(events, after);
  if (seed === null) return writes;
  return writes.flatMap(inBlocks).filter((_, index) => isKept(`${after} ${seed} ${index}`));
}

function unflushed(events: readonly DiskEvent[], after: number): DiskWrite[] {
  return events.slice(flushedBefore(events, after), after).filter((event) => event.kind === 'write');
}

function inBlocks({ offset, bytes }: DiskWrite): DiskWrite[] {
  const blocks: DiskWrite[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + blockBytes - ((offset + at) % blockBytes));
    blocks.push({ kind: 'write', offset: offset + at, bytes: bytes.subarray(at, end) });
    at = end;
  }
  return blocks;
}

const isKept = (text: string) => createHash('sha256').update(text).digest().readUInt8(0) % 2 === 0;
