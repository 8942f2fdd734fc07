import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../runtime/errors.ts';
import { parts } from '../switch/names.ts';
import { findHolders, type Holder } from './holders.ts';
import { type FileUse, openElsewhere } from './open-elsewhere.ts';
import { type Sight, sightOf } from './sight.ts';
import { lookAround, type Surroundings } from './surroundings.ts';

/** Who was found to use a file, and how much could be seen. */
export type Users = {
  readonly sight: Sight;
  /** What the kernel says of processes that cannot be seen; `unknown` when all were seen, and it was not asked. */
  readonly use: FileUse;
  /** Processes that have it open and are no part of a known container. */
  readonly strangers: readonly Holder[];
};

type Known = {
  /** Containers that may have it open, by id. */
  readonly containers: ReadonlySet<string>;
  /** Why Docker does not tell of all containers of this host; null: it does. */
  readonly dockerBlind: string | null;
};

/** Looks for those who have a database (or a safety copy) open. Nobody uses a file that is not there. */
export async function findUsers(
  file: string,
  { containers, dockerBlind }: Known,
  around: Surroundings = lookAround(path.dirname(file)),
): Promise<Users> {
  if (!parts.some((part) => existsSync(file + part))) {
    return { sight: { processes: true, containers: true, gaps: [] }, use: 'unknown', strangers: [] };
  }
  const scan = findHolders(file);
  const strangers = scan.holders.filter(({ container }) => container === null || !containers.has(container));
  const scanned = sightOf({ around, scan, use: 'unknown', dockerBlind });
  if (scanned.processes || scan.holders.length > 0) return { sight: scanned, use: 'unknown', strangers };
  const use = await settledUse(file);
  return { sight: sightOf({ around, scan, use, dockerBlind }), use, strangers };
}

/** Somebody may open it for a moment only: asks up to three times, until it is free. */
async function settledUse(file: string): Promise<FileUse> {
  for (let tries = 1; ; tries += 1) {
    const use = await openElsewhere(file);
    if (use !== 'open' || tries === 3) return use;
    await sleep(200);
  }
}

/** Names of known containers that may be the ones which the kernel says have the file open. */
export type Suspects = {
  /** They stop before the files move. */
  readonly stopping: readonly string[];
  readonly staying: readonly string[];
};

export const noSuspects: Suspects = { stopping: [], staying: [] };

/** What becomes of what a process that has it open still writes, as a sentence. */
const ignoring = 'With --ignore-open-files it is ignored: what it still writes goes into the old file.';
export const ignoringRemoval = 'With --ignore-open-files it is ignored: what it still writes is lost.';

/**
 * Throws DATABASE_IN_USE naming each process that has the file open; or when the kernel says that it is open, and no suspect
 * stops. `ignored`: what --ignore-open-files means here.
 */
export function refuseUsers(
  file: string,
  { strangers, use }: Users,
  { stopping, staying }: Suspects,
  ignored = ignoring,
): void {
  if (strangers.length > 0) {
    const pids = strangers.map(({ pid }) => pid).join(' ');
    throw new Failure(
      'DATABASE_IN_USE',
      `${file} is open in ${strangers.map(described).join(' and in ')}.`,
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
export function openRemarks({ strangers, use }: Users, suspects: Suspects, mayBeOpen: boolean): string[] {
  if (strangers.length > 0) {
    const open = 'has it open and will go on writing into the old file (--ignore-open-files).';
    return strangers.map((holder) => `${described(holder)} ${open}`);
  }
  if (use !== 'open') return [];
  const then = mayBeOpen
    ? 'What a process that stays up still writes goes into the old file (--ignore-open-files).'
    : 'If it still is once services are down, all goes back.';
  return [`the kernel says that the database is open: ${whoMayBe(suspects)}. ${then}`];
}

/** Who the kernel may mean. */
function whoMayBe({ stopping, staying }: Suspects): string {
  const known = [
    ...stopping.map((name) => `in ${name}, which stops,`),
    ...staying.map((name) => `in ${name}, which stays up,`),
  ];
  return [...known, 'in a process that cannot be seen from here'].join(' or ');
}

function described({ pid, command, container }: Holder): string {
  const where = container === null ? '' : `, in container ${container.slice(0, 12)}`;
  return `process ${pid} (${command}${where})`;
}
