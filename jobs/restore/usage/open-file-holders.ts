import { readdirSync, statSync } from 'node:fs';
import { oneLine } from '../../monitoring/alerts/alert.ts';
import { systemCodeOf } from '../../runtime/errors.ts';
import { databaseParts } from '../files/names.ts';
import { namesIn, textOf } from './proc-files.ts';

/** A process that has the database open. */
export type OpenFileHolder = {
  readonly pid: number;
  /** Its command line, shortened, in one line without control characters. */
  readonly command: string;
  /** The container it runs in, as far as /proc tells. */
  readonly container: string | null;
};

export type ProcessScan = {
  readonly holders: readonly OpenFileHolder[];
  /** Pids of processes that this user may not look into. */
  readonly unreadable: readonly number[];
  /** /proc does not even list the processes of other users (mounted with hidepid). */
  readonly hidden: boolean;
};

/** Finds processes that hold the file or its SQLite sidecars, open or mapped. Empty where there is no /proc (not Linux). */
export function scanProcesses(database: string): ProcessScan {
  const wanted = new Set(databaseParts.map((part) => inodeKey(database + part)).filter((id) => id !== null));
  const all = namesIn('/proc')?.filter((name) => /^\d+$/.test(name)) ?? [];
  const holders: OpenFileHolder[] = [];
  const unreadable: number[] = [];
  for (const pid of all.filter((name) => Number(name) !== process.pid)) {
    const folder = `/proc/${pid}`;
    const descriptors = namesIn(`${folder}/fd`);
    if (descriptors === null) {
      if (isDenied(() => readdirSync(`${folder}/fd`)) && mayHaveFiles(folder)) unreadable.push(Number(pid));
      continue;
    }
    const holds =
      descriptors.some((fd) => wanted.has(inodeKey(`${folder}/fd/${fd}`) ?? '')) || hasMapped(folder, wanted);
    if (holds) holders.push({ pid: Number(pid), command: commandOf(folder), container: containerOf(folder) });
    else if (descriptors.some((fd) => isDenied(() => statSync(`${folder}/fd/${fd}`)))) unreadable.push(Number(pid));
  }
  // Every pid namespace has its process 1.
  return { holders, unreadable, hidden: all.length > 0 && !all.includes('1') };
}

/** Threads of the kernel and processes that have ended have no files. */
function mayHaveFiles(folder: string): boolean {
  // `pid (command) state …`: the flags are the seventh field after the command, the number of threads the eighteenth.
  const fields = textOf(`${folder}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');
  const isKernelThread = (Number(fields[6]) & 0x00200000) !== 0;
  const hasEnded = fields[0] === 'Z' && Number(fields[17]) <= 1;
  return !isKernelThread && !hasEnded;
}

/** `device:inode` of what a path leads to, or null when it is not there or may not be seen. */
export function inodeKey(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}

/** Denied, rather than gone: processes end all the time. A folder of descriptors may be listed by who may not look behind them (root without CAP_SYS_PTRACE, AppArmor). */
function isDenied(look: () => unknown): boolean {
  try {
    look();
    return false;
  } catch (error) {
    return ['EACCES', 'EPERM'].includes(systemCodeOf(error) ?? '');
  }
}

/** A line of /proc/PID/maps: `address perms offset major:minor inode path`, device numbers in hex. */
function hasMapped(folder: string, wanted: ReadonlySet<string>): boolean {
  return textOf(`${folder}/maps`)
    .split('\n')
    .some((line) => {
      const [, , , device = '', inode = '0'] = line.split(/\s+/);
      return inode !== '0' && wanted.has(`${deviceNumber(device)}:${inode}`);
    });
}

/** As `makedev` of glibc puts the two numbers into one. */
function deviceNumber(text: string): bigint {
  const [major = 0n, minor = 0n] = text.split(':').map((part) => BigInt(`0x${part || '0'}`));
  return ((major & 0xfffn) << 8n) | ((major & ~0xfffn) << 32n) | (minor & 0xffn) | ((minor & ~0xffn) << 12n);
}

function commandOf(folder: string): string {
  const command = oneLine(textOf(`${folder}/cmdline`)) || oneLine(textOf(`${folder}/comm`));
  return command.length > 80 ? `${command.slice(0, 79)}…` : command;
}

const containerOf = (folder: string) => /[0-9a-f]{64}/.exec(textOf(`${folder}/cgroup`))?.[0] ?? null;

/** The container a process of this pid namespace runs in, as far as /proc tells. */
export const containerOfProcess = (pid: number) => containerOf(`/proc/${pid}`);
