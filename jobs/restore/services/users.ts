import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../platform/errors.ts';
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

/**
 * Throws DATABASE_IN_USE naming each process that has the file open. `explained`: somebody known may have it open, so that
 * the kernel's word alone is no reason.
 */
export function refuseUsers(file: string, { strangers, use }: Users, explained: boolean): void {
  if (strangers.length > 0) {
    const pids = strangers.map(({ pid }) => pid).join(' ');
    throw new Failure(
      'DATABASE_IN_USE',
      `${file} is open in ${strangers.map(described).join(' and in ')}.`,
      `Stop it (\`ps -fp ${pids}\`) and run it again. ${ignoring}`,
    );
  }
  if (use !== 'open' || explained) return;
  throw new Failure(
    'DATABASE_IN_USE',
    `${file} is open in a process that cannot be seen from here.`,
    `Find it on the host, as root (\`fuser -v ${file}\`, with the path that the file has there), stop it and run it again. ${ignoring}`,
  );
}

const ignoring = 'With --ignore-open-files it is ignored: what it still writes goes into the old file.';

/** Sentences about those who have it open and are ignored. */
export function ignoredUsers({ strangers, use }: Users, explained: boolean): string[] {
  const open = 'has it open and will go on writing into the old file (--ignore-open-files).';
  if (strangers.length > 0) return strangers.map((holder) => `${described(holder)} ${open}`);
  return use === 'open' && !explained ? [`a process that cannot be seen from here ${open}`] : [];
}

function described({ pid, command, container }: Holder): string {
  const where = container === null ? '' : `, in container ${container.slice(0, 12)}`;
  return `process ${pid} (${command}${where})`;
}
