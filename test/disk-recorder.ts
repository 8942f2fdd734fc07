import fs, { readlinkSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import type { TestContext } from 'node:test';

/**
 * Records in which order things below `folder` come to the disk, as code of this process brings them there:
 * `flush a.new`, `rename a.new -> a`, `flush .` (the folder itself), `link a -> b`, `remove a`. Random parts of names as UUID. Linux only: it
 * reads /proc.
 */
export async function recordDisk(t: TestContext, folder: string): Promise<string[]> {
  const events: string[] = [];
  const named = (file: unknown) => path.relative(folder, String(file)) || '.';
  const note = (what: string, ...files: unknown[]) => {
    const names = files.map(named);
    if (names.some((name) => name.startsWith('..'))) return;
    events.push(`${what} ${names.join(' -> ')}`.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UUID'));
  };
  const fileOf = (descriptor: number) => readlinkSync(`/proc/self/fd/${descriptor}`);
  const { fsyncSync, linkSync, renameSync, unlinkSync } = fs;
  const { rename, rm } = fs.promises;
  t.mock.method(fs, 'fsyncSync', (descriptor: number) => {
    note('flush', fileOf(descriptor));
    fsyncSync(descriptor);
  });
  t.mock.method(fs, 'renameSync', (from: fs.PathLike, to: fs.PathLike) => {
    renameSync(from, to);
    note('rename', from, to);
  });
  t.mock.method(fs, 'linkSync', (from: fs.PathLike, to: fs.PathLike) => {
    linkSync(from, to);
    note('link', from, to);
  });
  t.mock.method(fs, 'unlinkSync', (file: fs.PathLike) => {
    unlinkSync(file);
    note('remove', file);
  });
  t.mock.method(fs.promises, 'rename', async (from: fs.PathLike, to: fs.PathLike) => {
    await rename(from, to);
    note('rename', from, to);
  });
  t.mock.method(fs.promises, 'rm', async (file: fs.PathLike, options?: fs.RmOptions) => {
    const isThere = fs.existsSync(file);
    await rm(file, options);
    if (isThere) note('remove', file);
  });
  const handle = await fs.promises.open(folder);
  const handles: fs.promises.FileHandle = Object.getPrototypeOf(handle);
  await handle.close();
  const { sync } = handles;
  t.mock.method(handles, 'sync', function (this: fs.promises.FileHandle) {
    note('flush', fileOf(this.fd));
    return sync.call(this);
  });
  // Code that imported these functions by name calls the recording ones from now on.
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  return events;
}
