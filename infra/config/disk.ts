import type { DiskPlan, Folders } from '../deployment.ts';
import type { HostConfig } from './stack.ts';

export function diskOf({ values, has, required, report }: HostConfig): DiskPlan | null {
  const { disk: kind, dataFolder: data } = values;
  if (kind === 'none') return null;
  const mountPoint = required('mountPoint', `disk is ${kind}`);
  if (mountPoint !== '' && data !== null && data !== mountPoint && !data.startsWith(`${mountPoint}/`))
    report('dataFolder', `is ${data}`, `the data must be on the disk: choose a folder below ${mountPoint}`);
  if (kind === 'mounted') return { kind, mountPoint };
  if (!has('sshHost') && !has('hostLabel'))
    report('disk', `is ${kind}, but no Linode is named`, 'set sshHost or hostLabel, or disk to none');
  const volume = {
    mountPoint,
    label: required('diskLabel', `disk is ${kind}`),
    size: required('diskSize', `disk is ${kind}`),
    region: required('hostRegion', `disk is ${kind}`),
  };
  if (kind === 'create') return { kind, ...volume };
  return { kind, ...volume, volumeId: required('diskVolumeId', `disk is ${kind}`) };
}

export function foldersOf({ values, required }: HostConfig): Folders {
  return {
    data: required('dataFolder', 'the services need it'),
    state: values.stateFolder,
    config: values.configFolder,
    command: values.commandFolder,
  };
}
