import * as linode from '@pulumi/linode';
import type * as pulumi from '@pulumi/pulumi';
import type { DiskPlan } from './deployment.ts';
import type { HostResource } from './host.ts';
import { runHostScript } from './host-script.ts';

/** The data volume, attached and mounted: what everything that binds its folders depends on. */
export function mountDataDisk(
  plan: DiskPlan,
  dataFolder: string,
  { host, suffix, cloud }: { host: HostResource; suffix: string; cloud: linode.Provider | null },
): pulumi.Resource[] {
  if (plan.kind === 'mounted') return [];
  const { label, size, region } = plan;
  const volume = new linode.Volume(
    `volume${suffix}`,
    { label, size, region, linodeId: host.linodeId() },
    {
      provider: cloud ?? undefined,
      protect: true,
      retainOnDelete: true,
      ...(plan.kind === 'adopt' ? { import: String(plan.volumeId) } : {}),
    },
  );
  const mount = runHostScript(
    `mount${suffix}`,
    {
      file: 'mount-disk.sh',
      variables: {
        DEVICE: volume.filesystemPath,
        MOUNT_POINT: plan.mountPoint,
        DATA_FOLDER: dataFolder,
        // An adopted volume is never formatted.
        MAY_FORMAT: plan.kind === 'create' ? 'yes' : 'no',
        // A larger volume changes the command, which then grows the filesystem.
        SIZE: volume.size.apply(String),
      },
    },
    host.scriptTarget,
    { dependsOn: [volume, ...host.dependsOn] },
  );
  return [mount];
}
