import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../runtime/errors.ts';
import { databaseParts } from '../files/names.ts';
import type { HostEnvironment } from './host-environment.ts';
import { type KernelFileUse, kernelFileUse } from './kernel-file-use.ts';
import { type OpenFileHolder, scanProcesses } from './open-file-holders.ts';
import { type Visibility, visibilityOf } from './visibility.ts';

/** Who was found to use a file, and how much could be seen. */
export type DatabaseUsers = {
  readonly visibility: Visibility;
  /** What the kernel says of processes that cannot be seen; `unknown` when all were seen, and it was not asked. */
  readonly use: KernelFileUse;
  /** Processes that have it open and are no part of a known container. */
  readonly holders: readonly OpenFileHolder[];
};

type KnownContainers = {
  /** Containers that may have it open, by id. */
  readonly containers: ReadonlySet<string>;
  /** Why Docker does not tell of all containers of this host; null: it does. */
  readonly dockerGap: string | null;
};

/** Looks for those who have a database (or a safety copy) open. Nobody uses a file that is not there. */
export async function findDatabaseUsers(
  file: string,
  { containers, dockerGap }: KnownContainers,
  host: HostEnvironment,
): Promise<DatabaseUsers> {
  if (!databaseParts.some((part) => existsSync(file + part))) {
    return { visibility: { processes: true, containers: true, gaps: [] }, use: 'unknown', holders: [] };
  }
  const scan = scanProcesses(file);
  const holders = scan.holders.filter(({ container }) => container === null || !containers.has(container));
  const scanned = visibilityOf({ host, scan, use: 'unknown', dockerGap });
  if (scanned.processes || scan.holders.length > 0) return { visibility: scanned, use: 'unknown', holders };
  const use = await steadyFileUse(file);
  return { visibility: visibilityOf({ host, scan, use, dockerGap }), use, holders };
}

/** Somebody may open it for a moment only: asks up to three times, until it is free. */
async function steadyFileUse(file: string): Promise<KernelFileUse> {
  for (let tries = 1; ; tries += 1) {
    const use = await kernelFileUse(file);
    if (use !== 'open' || tries === 3) return use;
    await sleep(200);
  }
}

/** Names of known containers that may be the ones which the kernel says have the file open. */
export type PossibleHolders = {
  /** They stop before the files move. */
  readonly stopping: readonly string[];
  readonly staying: readonly string[];
};

export const noPossibleHolders: PossibleHolders = { stopping: [], staying: [] };

/** What becomes of what a process that has it open still writes, as a sentence. */
const ignoring = 'With --ignore-open-files it is ignored: what it still writes goes into the old file.';
export const ignoringRemoval = 'With --ignore-open-files it is ignored: what it still writes is lost.';

/**
 * Throws DATABASE_IN_USE naming each process that has the file open; or when the kernel says that it is open, and none of the
 * known containers that may be meant stops. `ignored`: what --ignore-open-files means here.
 */
export function assertNotInUse(
  file: string,
  { holders, use }: DatabaseUsers,
  { stopping, staying }: PossibleHolders,
  ignored = ignoring,
): void {
  if (holders.length > 0) {
    const pids = holders.map(({ pid }) => pid).join(' ');
    throw new Failure(
      'DATABASE_IN_USE',
      `${file} is open in ${holders.map(described).join(' and in ')}.`,
      `Stop it (\`ps -fp ${pids}\`) and run it again. ${ignored}`,
    );
  }
  if (use !== 'open' || stopping.length > 0) return;
  throw new Failure(
    'DATABASE_IN_USE',
    `${file} is open ${whoMayBe({ stopping, staying })}.`,
    `Find it on the host, as root (\`fuser -v ${file}\`, with the path that the file has there), stop it and run it again. ${ignored}`,
  );
}

/** Sentences about those who have it open and are not refused: they may stop, or are ignored (`mayBeOpen`). */
export function openRemarks(
  { holders, use }: DatabaseUsers,
  possibleHolders: PossibleHolders,
  mayBeOpen: boolean,
): string[] {
  if (holders.length > 0) {
    const open = 'has it open and will go on writing into the old file (--ignore-open-files).';
    return holders.map((holder) => `${described(holder)} ${open}`);
  }
  if (use !== 'open') return [];
  const then = mayBeOpen
    ? 'What a process that stays up still writes goes into the old file (--ignore-open-files).'
    : 'If it still is once services are down, everything is rolled back.';
  return [`the kernel says that the database is open: ${whoMayBe(possibleHolders)}. ${then}`];
}

/** Who the kernel may mean. */
function whoMayBe({ stopping, staying }: PossibleHolders): string {
  const known = [
    ...stopping.map((name) => `in ${name}, which stops,`),
    ...staying.map((name) => `in ${name}, which stays up,`),
  ];
  return [...known, 'in a process that cannot be seen from here'].join(' or ');
}

function described({ pid, command, container }: OpenFileHolder): string {
  const where = container === null ? '' : `, in container ${container.slice(0, 12)}`;
  return `process ${pid} (${command}${where})`;
}
