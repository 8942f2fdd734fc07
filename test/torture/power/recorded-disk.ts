import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { unmount } from '../../small-disk.ts';
import { type DiskEvent, readDiskLog } from './disk-log.ts';

/** A mounted ext4 of which every write and flush is recorded. */
export type RecordedDisk = {
  /** How many writes and flushes there were until now. */
  eventsSoFar(): number;
  /** Unmounts it and returns all events, from the empty disk on. */
  stop(): Promise<readonly DiskEvent[]>;
};

export const diskBytes = 32 * 2 ** 20;
const recorder = path.join(import.meta.dirname, 'recorder.py');

/**
 * Mounts one at `mountPoint`; its files lie in `folder`. The kernel needs neither nbd nor device-mapper: the disk is a file that
 * nbdfuse shows of nbdkit, below a loop device.
 */
export async function mountRecordedDisk(folder: string, mountPoint: string): Promise<RecordedDisk> {
  mkdirSync(folder, { recursive: true });
  const [disk, log, ready] = ['disk', 'log', 'ready'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(disk, '');
  const plugin = ['nbdkit', '--single', 'python', recorder, `log=${log}`, `size=${diskBytes}`];
  const served = spawn('nbdfuse', ['--pidfile', ready, disk, '--command', ...plugin], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = once(served, 'exit');
  while (!existsSync(ready)) {
    if (served.exitCode !== null) throw new Error('nbdfuse ended before there was a disk');
    await sleep(20);
  }
  const device = execFileSync('losetup', ['--find', '--show', disk], { encoding: 'utf8' }).trim();
  // Whole from the start: nothing is initialized later, in the background.
  execFileSync('mkfs.ext4', ['-q', '-E', 'lazy_itable_init=0,lazy_journal_init=0', device]);
  execFileSync('mount', [device, mountPoint]);
  return {
    eventsSoFar: () => readDiskLog(log).length,
    async stop() {
      unmount(mountPoint);
      execFileSync('losetup', ['--detach', device]);
      await unmountFuse(disk);
      await ended;
      const events = readDiskLog(log);
      rmSync(folder, { recursive: true });
      return events;
    },
  };
}

/** A loop device is detached once nobody looks at it any more; until then the file is busy. */
async function unmountFuse(disk: string): Promise<void> {
  const unmountOnce = async () => execFileSync('fusermount3', ['-u', disk], { stdio: ['ignore', 'ignore', 'pipe'] });
  await pRetry(unmountOnce, { retries: 50, minTimeout: 100, factor: 1 });
}
