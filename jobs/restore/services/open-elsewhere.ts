import { fork } from 'node:child_process';
import { existsSync, statfsSync } from 'node:fs';
import path, { extname } from 'node:path';
import { endOf } from '../child-answer.ts';
import { parts } from '../switch/names.ts';

/** `open`: another process of this kernel has the file open; `free`: none has; `unknown`: the kernel does not say. */
export type FileUse = 'free' | 'open' | 'unknown';

/** File systems whose every user goes through this kernel, by `f_type`: ext4, xfs, btrfs, f2fs, tmpfs, overlay, zfs. */
const localFileSystems = new Set([0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x01021994, 0x794c7630, 0x2fc12fc1]);

/**
 * Asks the kernel whether a file or its SQLite sidecars are open in any process but this one, also in one that cannot be
 * seen from here: of another user, of another container, of the host. It grants a write lease (`F_SETLEASE`) only to a file
 * that nobody else has open. Needs to be the file's owner, or CAP_LEASE; changes nothing.
 */
export async function openElsewhere(database: string): Promise<FileUse> {
  const files = parts.map((part) => database + part).filter((file) => existsSync(file));
  if (process.platform !== 'linux' || !isLocal(path.dirname(database))) return 'unknown';
  const entry = new URL(`./lease-process${extname(import.meta.url)}`, import.meta.url);
  const execArgv = ['--no-warnings', '--experimental-ffi'];
  const child = fork(entry, files, { env: {}, execArgv, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  // The kernel sends SIGIO to the holder of a lease when somebody opens the file in that moment.
  const { answer, signal } = await endOf<FileUse>(child).catch(() => ({ answer: null, signal: null }));
  return signal === 'SIGIO' ? 'open' : (answer ?? 'unknown');
}

function isLocal(folder: string): boolean {
  try {
    return localFileSystems.has(Number(BigInt.asUintN(32, BigInt(statfsSync(folder).type))));
  } catch {
    return false;
  }
}
