import { formatCount } from '../../runtime/format.ts';
import { type HostEnvironment, isContainerPrivate } from './host-environment.ts';
import type { KernelFileUse } from './kernel-file-use.ts';
import type { ProcessScan } from './open-file-holders.ts';

/** Why nothing is known of containers where no Docker was queried. */
export const dockerNotQueried = 'Docker was not queried';

/** How much can be seen from here of who uses a file. */
export type Visibility = {
  /** Every process that could have it open was inspected, or the kernel says that none has. */
  readonly processes: boolean;
  /** Every container of this host that mounts it is known. */
  readonly containers: boolean;
  /** What was not seen, and why: sentences without their full stop. */
  readonly gaps: readonly string[];
};

type VisibilityFacts = {
  readonly host: HostEnvironment;
  readonly scan: Pick<ProcessScan, 'unreadable' | 'hidden'>;
  readonly use: KernelFileUse;
  /** Why Docker does not tell of all containers of this host; null: it does. */
  readonly dockerGap: string | null;
};

/** Decides what was seen. In a container that shares the file, only the host's processes or the Docker engine count. */
export function visibilityOf({ host, scan, use, dockerGap }: VisibilityFacts): Visibility {
  const mayRelyOnKernel = host.seesHostProcesses || !host.inContainer || isContainerPrivate(host);
  const gap = processGap(host, scan);
  const processes = gap === null || (use === 'free' && mayRelyOnKernel);
  return {
    processes,
    containers: dockerGap === null,
    gaps: [...(processes || gap === null ? [] : [gap]), ...(dockerGap === null ? [] : [dockerGap])],
  };
}

/** Null when the scan of /proc saw everybody who could have the file open. */
function processGap(host: HostEnvironment, { unreadable, hidden }: VisibilityFacts['scan']): string | null {
  if (!host.hasProc) return 'processes cannot be inspected, because there is no /proc here';
  if (!host.seesHostProcesses && !isContainerPrivate(host)) {
    return host.inContainer
      ? 'processes outside of this container cannot be seen (`docker run --pid=host` shows them)'
      : 'processes outside of this pid namespace cannot be seen';
  }
  if (hidden) {
    return `processes of other users are hidden (/proc is mounted with hidepid${host.mayTrace ? '' : '; root sees them'})`;
  }
  if (unreadable.length === 0) return null;
  const remedy = host.inContainer ? ' (root with --cap-add SYS_PTRACE can)' : ' (root can)';
  return `${processesIn(unreadable)} could not be inspected${host.mayTrace ? '' : remedy}`;
}

/** `process 7`, or `20 processes, such as 7, 8 and 9,`. */
function processesIn(pids: readonly number[]): string {
  if (pids.length === 1) return `process ${pids[0]}`;
  if (pids.length <= 5) return `processes ${pids.join(', ')}`;
  return `${formatCount(pids.length)} processes, such as ${pids.slice(0, 3).join(', ')},`;
}

/** What was not seen, as part of a sentence. */
export const gapsText = ({ gaps }: Visibility) => gaps.join(', and ');

/** Whether nothing was seen of those who could use the file. */
export const isUnseen = ({ processes, containers }: Visibility) => !processes && !containers;
