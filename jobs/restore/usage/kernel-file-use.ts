import { existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { processEntry, runProcess } from '../../runtime/child-process.ts';
import { databaseParts } from '../files/names.ts';

/** `open`: another process of this kernel has the file open; `free`: none has; `unknown`: the kernel does not say. */
export type KernelFileUse = 'free' | 'open' | 'unknown';

/** File systems whose every user goes through this kernel, by `f_type`: ext4, xfs, btrfs, f2fs, tmpfs, overlay, zfs. */
const localFileSystems = new Set([0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x01021994, 0x794c7630, 0x2fc12fc1]);

/**
 * Asks the kernel whether a file or its SQLite sidecars are open in any process but this one, also in one that cannot be
 * seen from here: of another user, of another container, of the host. It grants a write lease (`F_SETLEASE`) only to a file
 * that nobody else has open. Needs to be the file's owner, or CAP_LEASE; changes nothing.
 */
export async function kernelFileUse(database: string): Promise<KernelFileUse> {
  const files = databaseParts.map((part) => database + part).filter((file) => existsSync(file));
  if (process.platform !== 'linux' || !isLocal(path.dirname(database))) return 'unknown';
  const result = await runProcess<KernelFileUse>(processEntry('lease-process', import.meta.url), files, {
    env: {},
    execArgv: ['--no-warnings', '--experimental-ffi'],
    output: 'ignore',
    signal: null,
    stopGraceMs: 0,
  }).catch(() => null);
  // The kernel sends SIGIO to the holder of a lease when somebody opens the file in that moment.
  return result?.exitSignal === 'SIGIO' ? 'open' : (result?.message ?? 'unknown');
}

function isLocal(folder: string): boolean {
  try {
    return localFileSystems.has(Number(BigInt.asUintN(32, BigInt(statfsSync(folder).type))));
  } catch {
    return false;
  }
}
