import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A disk on a loop device, as a volume of the cloud appears on a host. */
export type LoopDisk = {
  readonly device: string;
  readonly file: string;
  /** As when the volume was made larger in the cloud. */
  grow(mebibytes: number): void;
  remove(): void;
};

export function createLoopDisk(mebibytes: number): LoopDisk {
  const folder = mkdtempSync(path.join(tmpdir(), 'loop-disk-'));
  const file = path.join(folder, 'disk');
  writeFileSync(file, '');
  truncateSync(file, mebibytes * 1024 * 1024);
  const device = execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8' }).trim();
  return {
    device,
    file,
    grow(size) {
      truncateSync(file, size * 1024 * 1024);
      execFileSync('losetup', ['--set-capacity', device]);
    },
    remove() {
      execFileSync('losetup', ['--detach', device]);
      rmSync(folder, { recursive: true });
    },
  };
}
