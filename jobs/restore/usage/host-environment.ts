import { existsSync, realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { linkTarget, textOf } from './proc-files.ts';

/** Where this process runs: on a host or in a container, and on what kind of file system a folder lies here. */
export type HostEnvironment = {
  /** /proc is there: Linux. */
  readonly hasProc: boolean;
  /** The processes in /proc are those of the whole host. */
  readonly seesHostProcesses: boolean;
  /** This process has the right (SYS_PTRACE) to look into those of other users, as root on a host does. */
  readonly mayTrace: boolean;
  readonly inContainer: boolean;
  /** This container's id as its control group names it; null when that does not tell (cgroup v2 hides it). */
  readonly containerId: string | null;
  /** The container whose hostname and hosts files are mounted here: this one, or the one whose network it shares. */
  readonly networkContainerId: string | null;
  readonly hostname: string;
  /** The mount that shows the folder; null when /proc does not tell. */
  readonly mount: MountPoint | null;
  /** The folder, without symbolic links. */
  readonly folder: string;
};

/** A line of /proc/self/mountinfo: `root` is the path within the file system that is seen at `mountPoint`. */
export type MountPoint = { readonly root: string; readonly mountPoint: string };

/** The inode number of the first pid namespace is fixed in Linux (PROC_PID_INIT_INO in include/linux/proc_ns.h). */
const hostPidNamespace = 'pid:[4026531836]';

/** Looks at where this process runs, seen from `folder`. `root` is the folder that holds `proc`, for tests. */
export function readHostEnvironment(folder: string, root = '/'): HostEnvironment {
  const self = path.join(root, 'proc', 'self');
  const mounts = mountPoints(textOf(`${self}/mountinfo`));
  const containerId = /([0-9a-f]{64})(?!.*[0-9a-f]{64})/s.exec(textOf(`${self}/cgroup`))?.[1] ?? null;
  const networkContainerId = networkContainerOf(mounts);
  const marks = ['.dockerenv', 'run/.containerenv'].some((mark) => existsSync(path.join(root, mark)));
  const seesHostProcesses = linkTarget(`${self}/ns/pid`) === hostPidNamespace;
  const real = realFolder(folder);
  return {
    hasProc: existsSync(self),
    seesHostProcesses,
    mayTrace: hasCapability(textOf(`${self}/status`), 19),
    // A virtual machine made from an image has these marks, too.
    inContainer: (marks && !seesHostProcesses) || containerId !== null || networkContainerId !== null,
    containerId,
    networkContainerId,
    hostname: hostname(),
    mount: mountOf(real, mounts),
    folder: real,
  };
}

/** Whether the folder lies in the container's own file system, which nothing outside of the container mounts. */
export function isContainerPrivate({ inContainer, mount }: HostEnvironment): boolean {
  return inContainer && mount?.mountPoint === '/';
}

/** The numbers are those of linux/capability.h. */
function hasCapability(status: string, number: number): boolean {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return ((effective >> BigInt(number)) & 1n) === 1n;
}

/** The lines of mountinfo, with their paths as they are. */
export function mountPoints(mountinfo: string): MountPoint[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [, , , root, mountPoint] = line.split(' ').map(unescapeOctal);
    return root === undefined || mountPoint === undefined ? [] : [{ root, mountPoint }];
  });
}

/** Docker and Podman mount these files from a folder named for the container. */
function networkContainerOf(mounts: readonly MountPoint[]): string | null {
  const files = ['/etc/hostname', '/etc/hosts', '/etc/resolv.conf'];
  const ids = mounts
    .filter(({ mountPoint }) => files.includes(mountPoint))
    .map(({ root }) => /\/([0-9a-f]{64})\/(?:userdata\/)?(?:hostname|hosts|resolv\.conf)$/.exec(root)?.[1]);
  return ids.find((id) => id !== undefined) ?? null;
}

/** The deepest one; of two at the same place the later covers the earlier. */
function mountOf(folder: string, mounts: readonly MountPoint[]): MountPoint | null {
  const above = mounts.filter(({ mountPoint }) => isWithin(folder, mountPoint));
  const deepest = Math.max(...above.map(({ mountPoint }) => mountPoint.length));
  return above.findLast(({ mountPoint }) => mountPoint.length === deepest) ?? null;
}

/** Whether `file` is `folder` or lies below it. */
export function isWithin(file: string, folder: string): boolean {
  return file === folder || file.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

/** proc_pid_mountinfo(5) writes space, tab, newline and backslash as `\040`. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
