import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { unmount } from '../../small-disk.ts';
import type { DiskEvent } from './disk-log.ts';
import { flushedBefore, type PowerCut, reached } from './power-cut.ts';
import { diskBytes } from './recorded-disk.ts';

/** The disk as it was at one moment after another. */
export type ReplayedDisk = {
  /** Mounts what was on the disk after the cut, does `work` and unmounts it. Cuts come in their order. */
  afterCut<T>(cut: PowerCut, work: () => Promise<T>): Promise<T>;
};

/** Of these events, in a file `image`, mounted at `mountPoint`. */
export function replayDisk(events: readonly DiskEvent[], image: string, mountPoint: string): ReplayedDisk {
  const flushed = Buffer.alloc(diskBytes);
  let done = 0;
  return {
    async afterCut(cut, work) {
      for (const event of events.slice(done, flushedBefore(events, cut.after)))
        if (event.kind === 'write') event.bytes.copy(flushed, event.offset);
      done = Math.max(done, flushedBefore(events, cut.after));
      const disk = Buffer.from(flushed);
      for (const { bytes, offset } of reached(events, cut)) bytes.copy(disk, offset);
      writeFileSync(image, disk);
      execFileSync('mount', ['-o', 'loop', image, mountPoint]);
      try {
        return await work();
      } finally {
        unmount(mountPoint);
        rmSync(image);
      }
    },
  };
}
