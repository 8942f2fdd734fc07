import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

/** A real disk of one MiB at `folder`, which `fill` leaves without a free byte and `empty` makes room on again. */
export function smallDisk(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-small-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
  t.after(() => {
    execFileSync('umount', [folder]);
    rmdirSync(folder);
  });
  const ballast = path.join(folder, 'ballast');
  return {
    folder,
    fill() {
      const handle = openSync(ballast, 'a');
      try {
        for (;;) writeSync(handle, Buffer.alloc(4096));
      } catch {
        // ENOSPC: full.
      }
      closeSync(handle);
    },
    empty: () => rmSync(ballast, { force: true }),
  };
}
