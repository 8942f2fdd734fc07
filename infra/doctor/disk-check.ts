import { type CheckResult, failed, lookupFailed, passed, skipped } from './check-result.ts';
import type { HostFacts } from './host-facts.ts';
import type { LinodeResponse } from './linode-api.ts';
import type { LinodeVolume } from './linode-facts.ts';
import type { DiskTarget } from './target.ts';

/** An adopted volume, as the API describes it. `regions`: where the stack's hosts are. */
export function checkVolume(
  id: number,
  response: LinodeResponse<LinodeVolume> | undefined,
  regions: readonly string[],
): CheckResult {
  const check = `volume ${id}`;
  if (response?.kind === 'found') {
    const { label, size, region, linode_label: host } = response.value;
    const volume = `${label}, ${size} GB in ${region}, ${host === null ? 'attached to no host' : `attached to ${host}`}`;
    if (regions.length === 0 || regions.includes(region)) return passed(check, volume);
    return failed(
      check,
      `${volume}, but the host is in ${regions.join(', ')}`,
      'a volume cannot move to another region: choose one in the region of the host.',
    );
  }
  if (response?.kind === 'refused' && response.status === 404) {
    return failed(
      check,
      'is not in this account',
      'check the id: `linode-cli volumes list`, or cloud.linode.com/volumes.',
    );
  }
  return lookupFailed(check, response);
}

/** Device, filesystem and mount point, as the host sees them. Never suggests formatting a disk that is not blank. */
export function checkDisk({ mounted, folder, device, root }: HostFacts, disk: DiskTarget): CheckResult {
  const check = `disk ${disk.mountPoint}`;
  const { kind } = disk.volume;
  if (kind === 'folder') return checkFolder(check, folder);
  if (kind === 'mounted') return checkMounted(check, mounted);
  if (root === 'none') {
    return failed(
      check,
      'the SSH user is neither root nor allowed to use sudo without a password',
      'mounting needs root: log in as root, or allow sudo for this user (NOPASSWD).',
    );
  }
  if (device !== null && device !== 'absent') {
    if (device.type !== null && device.type !== 'ext4') {
      return failed(
        check,
        `${device.path} contains ${device.type}, not ext4`,
        'nightshift formats no disk that is not blank: choose another volume, or move the data away and run `wipefs` yourself.',
      );
    }
    if (device.mountedAt !== null && device.mountedAt !== disk.mountPoint) {
      return failed(
        check,
        `${device.path} is mounted at ${device.mountedAt}`,
        `set the mount point in the config to ${device.mountedAt}, or unmount it.`,
      );
    }
    if (kind === 'adopted' && device.type === null) {
      return failed(
        check,
        `${device.path} is blank, but should be adopted with its data`,
        'check the id of the volume; an adopted one is never formatted.',
      );
    }
    if (mounted !== null && device.mountedAt === null) return otherDiskMounted(check, mounted);
    if (mounted !== null) return passed(check, `${device.path}, ${mounted.type}, is mounted`);
    if (folder === 'filled') return mountPointNotEmpty(check, disk.mountPoint);
    return passed(check, `${device.path} is ${device.type ?? 'blank'}, not mounted yet; \`up\` mounts it`);
  }
  if (mounted !== null) return otherDiskMounted(check, mounted);
  if (folder === 'filled') return mountPointNotEmpty(check, disk.mountPoint);
  return skipped(
    check,
    kind === 'created' ? '`up` creates the volume and mounts it here' : '`up` attaches the volume and mounts it here',
  );
}

function checkFolder(check: string, folder: HostFacts['folder']): CheckResult {
  if (folder !== 'absent') return passed(check, 'exists');
  return failed(
    check,
    'does not exist',
    'create the folder on the host, owned by 1000:1000, or correct the path in the config.',
  );
}

function checkMounted(check: string, mounted: HostFacts['mounted']): CheckResult {
  if (mounted !== null) return passed(check, `${mounted.source}, ${mounted.type}, is mounted`);
  return failed(
    check,
    'no disk is mounted there',
    'mount it on the host, with a line in /etc/fstab, or set nightshift:disk to adopt.',
  );
}

function otherDiskMounted(check: string, { source, type }: { source: string; type: string }): CheckResult {
  return failed(
    check,
    `another disk is mounted there: ${source} (${type})`,
    'set the id of that volume to adopt it, or choose another mount point.',
  );
}

function mountPointNotEmpty(check: string, mountPoint: string): CheckResult {
  return failed(
    check,
    'contains files, but no disk is mounted there',
    `move them away first: a disk mounted over ${mountPoint} would hide them.`,
  );
}
