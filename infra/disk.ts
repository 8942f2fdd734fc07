import * as linode from '@pulumi/linode';
import type * as pulumi from '@pulumi/pulumi';
import type { DiskPlan } from './deployment.ts';
import type { Host } from './host.ts';
import { hostScript } from './shell.ts';

/** The volume with the data, mounted: what must be there before anything binds its folders. */
export function dataDisk(
  plan: DiskPlan,
  dataFolder: string,
  { host, suffix, cloud }: { host: Host; suffix: string; cloud: linode.Provider | null },
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
  const mounted = hostScript(
    `mount${suffix}`,
    {
      file: 'mount-disk.sh',
      variables: {
        DEVICE: volume.filesystemPath,
        MOUNT_POINT: plan.mountPoint,
        DATA_FOLDER: dataFolder,
        // A disk that was there before us is never formatted.
        MAY_FORMAT: plan.kind === 'create' ? 'yes' : 'no',
        // A larger disk is another command: then the filesystem grows.
        SIZE: volume.size.apply(String),
      },
    },
    host.shell,
    { dependsOn: [volume, ...host.dependsOn] },
  );
  return [mounted];
}
