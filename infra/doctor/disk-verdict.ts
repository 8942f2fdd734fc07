import type { HostFacts } from './host-facts.ts';
import type { Answer } from './linode-api.ts';
import type { Volume } from './linode-facts.ts';
import type { DiskTarget } from './target.ts';
import { fail, later, ok, type Verdict } from './verdict.ts';

/** An adopted volume as the API knows it. */
export function judgeVolume(id: number, answer: Answer<Volume> | undefined, regions: readonly string[]): Verdict {
  const part = `volume ${id}`;
  if (answer?.kind === 'found') {
    const { label, size, region, linode_label: host } = answer.value;
    const what = `${label}, ${size} GB in ${region}, ${host === null ? 'attached to no host' : `attached to ${host}`}`;
    if (regions.length === 0 || regions.includes(region)) return ok(part, what);
    return fail(
      part,
      `${what}, but the host is in ${regions.join(', ')}`,
      'a volume cannot leave its region: name a volume beside the host.',
    );
  }
  if (answer?.kind === 'refused' && answer.status === 404) {
    return fail(
      part,
      'is not in this account',
      'check the id: `linode-cli volumes list`, or cloud.linode.com/volumes.',
    );
  }
  return fail(part, `cannot be looked up (${answer?.reason ?? 'no answer'})`, 'see the line of the token.');
}

/** The disk as the host sees it: device, filesystem, mount point. Never says that a disk with anything on it may be formatted. */
export function judgeDisk({ mounted, folder, device, root }: HostFacts, disk: DiskTarget): Verdict {
  const part = `disk ${disk.mountPoint}`;
  const { kind } = disk.volume;
  if (kind === 'folder') return judgeFolder(part, folder);
  if (kind === 'mounted') return judgeMounted(part, mounted);
  if (root === 'none') {
    return fail(
      part,
      'this account is neither root nor may it sudo without a password',
      'mounting needs root: log in as root, or allow sudo for this account (NOPASSWD).',
    );
  }
  if (device !== null && device !== 'absent') {
    if (device.type !== null && device.type !== 'ext4') {
      return fail(
        part,
        `${device.path} holds ${device.type}, not ext4`,
        'nightshift formats no disk that has anything on it: name another volume, or copy the data away and `wipefs` it yourself.',
      );
    }
    if (device.mountedAt !== null && device.mountedAt !== disk.mountPoint) {
      return fail(
        part,
        `${device.path} is mounted at ${device.mountedAt}`,
        `set the mount point in the config to ${device.mountedAt}, or unmount it.`,
      );
    }
    if (kind === 'adopted' && device.type === null) {
      return fail(
        part,
        `${device.path} is blank, though it is to be adopted with its data`,
        'check the id of the volume; an adopted one is never formatted.',
      );
    }
    if (mounted !== null && device.mountedAt === null) return occupied(part, mounted);
    if (mounted !== null) return ok(part, `${device.path}, ${mounted.type}, is mounted`);
    if (folder === 'filled') return filled(part, disk.mountPoint);
    return ok(part, `${device.path} is ${device.type ?? 'blank'}, not mounted yet; \`up\` does it`);
  }
  if (mounted !== null) return occupied(part, mounted);
  if (folder === 'filled') return filled(part, disk.mountPoint);
  return later(
    part,
    kind === 'made' ? '`up` makes the volume and mounts it here' : '`up` attaches the volume and mounts it here',
  );
}

function judgeFolder(part: string, folder: HostFacts['folder']): Verdict {
  if (folder !== 'absent') return ok(part, 'is there');
  return fail(
    part,
    'is not there',
    'make the folder on the host, owned by 1000:1000, or correct the path in the config.',
  );
}

function judgeMounted(part: string, mounted: HostFacts['mounted']): Verdict {
  if (mounted !== null) return ok(part, `${mounted.source}, ${mounted.type}, is mounted`);
  return fail(
    part,
    'no disk is mounted there',
    'mount it on the host, with a line in /etc/fstab, or set nightshift:disk to adopt.',
  );
}

function occupied(part: string, { source, type }: { source: string; type: string }): Verdict {
  return fail(
    part,
    `another disk is mounted there: ${source} (${type})`,
    'name that volume by its id to adopt it, or choose another mount point.',
  );
}

function filled(part: string, mountPoint: string): Verdict {
  return fail(
    part,
    'holds files, though no disk is mounted there',
    `move them away first: a disk mounted over ${mountPoint} would hide them.`,
  );
}
