import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

export type SmallDisk = {
  readonly folder: string;
  /** Fills it to the last byte. */
  fill(): void;
  /** Takes so many bytes. */
  take(bytes: number): void;
  /** Frees what was filled or taken. */
  free(): void;
  /** ext4: as after an error of the device, the kernel takes no write any more (EROFS), also not into open files. */
  turnReadOnly(): void;
  /** ext4: checks it and mounts it again. */
  repair(): void;
};

/** A real disk of its own that is unmounted at the end: in memory, or an ext4 in a file. */
export function smallDisk(t: TestContext, kind: 'tmpfs' | 'ext4', mebibytes: number): SmallDisk {
  const parent = mkdtempSync(path.join(tmpdir(), 'nightshift-disk-'));
  const folder = path.join(parent, 'mounted');
  mkdirSync(folder);
  const image = path.join(parent, 'disk.img');
  if (kind === 'tmpfs') {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder]);
  } else {
    writeFileSync(image, '');
    truncateSync(image, mebibytes * 2 ** 20);
    execFileSync('mkfs.ext4', ['-q', '-m', '0', '-e', 'remount-ro', image]);
    execFileSync('mount', ['-o', 'loop', image, folder]);
  }
  t.after(() => {
    unmount(folder);
    rmSync(parent, { recursive: true });
  });
  const filler = path.join(folder, 'filler');
  const write = (most: number) => {
    const handle = openSync(filler, 'a');
    let left = most;
    try {
      for (let size = 2 ** 20; size >= 1; ) {
        if (left <= 0) return;
        try {
          left -= writeSync(handle, Buffer.alloc(Math.min(size, left)));
        } catch {
          size /= 2;
        }
      }
    } finally {
      closeSync(handle);
    }
  };
  return {
    folder,
    fill: () => write(Number.POSITIVE_INFINITY),
    take: write,
    free: () => rmSync(filler, { force: true }),
    turnReadOnly() {
      const device = execFileSync('findmnt', ['-no', 'SOURCE', folder], { encoding: 'utf8' }).trim();
      writeFileSync(`/sys/fs/ext4/${path.basename(device)}/trigger_fs_error`, '1');
    },
    repair() {
      unmount(folder);
      waitUntilDetached(image);
      const { status, stderr } = spawnSync('e2fsck', ['-fy', image], { encoding: 'utf8' });
      if (status !== 0 && status !== 1) throw new Error(`e2fsck: ${stderr}`);
      execFileSync('mount', ['-o', 'loop', image, folder]);
    },
  };
}

const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);

/** A container that just starts has a copy of all mounts for a moment: the disk would be mounted again as it was. */
function waitUntilDetached(image: string): void {
  for (let tries = 1; execFileSync('losetup', ['-j', image], { encoding: 'utf8' }) !== ''; tries += 1) {
    if (tries === 100) throw new Error(`${image} is still mounted somewhere`);
    pause();
  }
}

/** Another process that looks through /proc may hold a file of it for a moment: then it is busy, and tried again. */
export function unmount(folder: string): void {
  for (let tries = 1; ; tries += 1) {
    const { status, stderr } = spawnSync('umount', [folder], { encoding: 'utf8' });
    if (status === 0) return;
    if (tries === 50 || !stderr.includes('busy')) throw new Error(stderr);
    pause();
  }
}
