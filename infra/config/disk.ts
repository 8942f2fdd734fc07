import type { DiskPlan, Folders } from '../deployment.ts';
import type { Reader } from './reader.ts';

const fullPath = /^(\/[\w.-]+)+$/;
const pathWanted = 'a full path of letters, digits, dots and dashes, such as /mnt/blockstorage';

export function diskOf(read: Reader): DiskPlan | null {
  const kind = read.oneOf('disk', ['none', 'mounted', 'create', 'adopt']);
  if (kind === 'none') return null;
  const mountPoint = read.text('mountPoint', `disk is ${kind}`);
  read.matching('mountPoint', fullPath, pathWanted);
  const data = read.optional('dataFolder') ?? '';
  if (mountPoint !== '' && data !== '' && data !== mountPoint && !data.startsWith(`${mountPoint}/`))
    read.report('dataFolder', `is ${data}`, `the data lies on the disk: choose a folder below ${mountPoint}`);
  if (kind === 'mounted') return { kind, mountPoint };
  if (read.optional('sshHost') === null && read.optional('hostLabel') === null)
    read.report('disk', `is ${kind}, but no Linode is named`, 'set sshHost or hostLabel, or disk to none');
  const volume = {
    mountPoint,
    label: read.text('diskLabel', `disk is ${kind}`),
    size: read.whole('diskSize', 10, 16_384),
    region: read.text('hostRegion', `disk is ${kind}`),
  };
  if (!/^[\w-]{1,32}$/.test(volume.label) && volume.label !== '')
    read.report('diskLabel', `is "${volume.label}"`, 'set it to at most 32 letters, digits and dashes');
  if (kind === 'create') return { kind, ...volume };
  return { kind, ...volume, volumeId: read.whole('diskVolumeId', 1, 999_999_999) };
}

export function foldersOf(read: Reader): Folders {
  const folder = (key: 'dataFolder' | 'stateFolder' | 'configFolder' | 'commandFolder') => {
    read.matching(key, fullPath, pathWanted);
    return read.text(key, 'the services need it');
  };
  return {
    data: folder('dataFolder'),
    state: folder('stateFolder'),
    config: folder('configFolder'),
    command: folder('commandFolder'),
  };
}
