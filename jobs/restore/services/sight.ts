import { formatCount } from '../../runtime/format.ts';
import type { Scan } from './holders.ts';
import type { FileUse } from './open-elsewhere.ts';
import { isPrivate, type Surroundings } from './surroundings.ts';

/** How much can be seen from here of who uses a file. */
export type Sight = {
  /** Every process that could have it open was looked into, or the kernel says that none has. */
  readonly processes: boolean;
  /** Every container of this host that mounts it is known. */
  readonly containers: boolean;
  /** What was not seen, and why: sentences without their full stop. */
  readonly gaps: readonly string[];
};

type Facts = {
  readonly around: Surroundings;
  readonly scan: Pick<Scan, 'unreadable' | 'hidden'>;
  readonly use: FileUse;
  /** Why Docker does not tell of all containers of this host; null: it does. */
  readonly dockerBlind: string | null;
};

/** Decides what was seen. In a container that shares the file, only the host's processes or the Docker engine count. */
export function sightOf({ around, scan, use, dockerBlind }: Facts): Sight {
  const mayRelyOnKernel = around.seesHostProcesses || !around.inContainer || isPrivate(around);
  const gap = processGap(around, scan);
  const processes = gap === null || (use === 'free' && mayRelyOnKernel);
  return {
    processes,
    containers: dockerBlind === null,
    gaps: [...(processes || gap === null ? [] : [gap]), ...(dockerBlind === null ? [] : [dockerBlind])],
  };
}

/** Null when the scan of /proc saw everybody who could have the file open. */
function processGap(around: Surroundings, { unreadable, hidden }: Facts['scan']): string | null {
  if (!around.hasProc) return 'processes cannot be looked into, because there is no /proc here';
  if (!around.seesHostProcesses && !isPrivate(around)) {
    return around.inContainer
      ? 'processes outside of this container cannot be seen (`docker run --pid=host` shows them)'
      : 'processes outside of this pid namespace cannot be seen';
  }
  if (hidden) {
    return `processes of other users are hidden (/proc is mounted with hidepid${around.mayTrace ? '' : '; root sees them'})`;
  }
  if (unreadable.length === 0) return null;
  const remedy = around.inContainer ? ' (root with --cap-add SYS_PTRACE can)' : ' (root can)';
  return `${processesIn(unreadable)} could not be looked into${around.mayTrace ? '' : remedy}`;
}

/** `process 7`, or `20 processes, such as 7, 8 and 9,`. */
function processesIn(pids: readonly number[]): string {
  if (pids.length === 1) return `process ${pids[0]}`;
  if (pids.length <= 5) return `processes ${pids.join(', ')}`;
  return `${formatCount(pids.length)} processes, such as ${pids.slice(0, 3).join(', ')},`;
}

/** What was not seen, as part of a sentence. */
export const gapsText = ({ gaps }: Sight) => gaps.join(', and ');

/** Whether nothing was seen of those who could use the file. */
export const isUnseen = ({ processes, containers }: Sight) => !processes && !containers;
