import * as linode from '@pulumi/linode';
import * as pulumi from '@pulumi/pulumi';
import { Failure } from '../jobs/runtime/errors.ts';
import { type Bucket, backupBucket } from './bucket.ts';
import type { SecretKeyName } from './config/keys.ts';
import { type ConfigSource, pulumiSource } from './config/source.ts';
import { readDeployment } from './config.ts';
import { deployHost } from './deploy-host.ts';
import type { Deployment } from './deployment.ts';
import type { SecretTexts } from './files.ts';
import { type CompiledImage, compiledImages } from './images.ts';
import { holdPolicies } from './policy/hold.ts';
import type { ImageName } from './services.ts';

export type Outputs = {
  /** Address of each host. */
  readonly hosts: Readonly<Record<string, pulumi.Output<string>>>;
  readonly bucket: pulumi.Input<string> | null;
  readonly endpoint: pulumi.Input<string> | null;
  /** For looking into the bucket with any S3 client: `pulumi stack output --show-secrets`. */
  readonly readOnlyAccessKey: pulumi.Input<string> | null;
  readonly readOnlySecretKey: pulumi.Input<string> | null;
  readonly page: string | null;
};

export type DeployOptions = {
  readonly source?: ConfigSource;
  /** Folder of the compiled images, else dist; or the images themselves. */
  readonly images?: string | readonly CompiledImage[];
};

/** The whole stack: config -> bucket -> hosts (disk, images, services) -> outputs. Throws before any resource is touched. */
export function deploy(options: DeployOptions = {}): Outputs {
  try {
    return declare(options);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // Pulumi shows the message and nothing else, and of a RunError no stack.
    throw new pulumi.RunError(`${error.message}\n${error.hint}`);
  }
}

function declare({ source = pulumiSource(), images }: DeployOptions): Outputs {
  const deployment = readDeployment(source);
  const compiled = typeof images === 'object' ? images : compiledImages(imagesOf(deployment), images);
  holdPolicies();
  const cloud = linodeProvider(deployment);
  const bucket = deployment.bucket === null || cloud === null ? null : backupBucket(deployment.bucket, cloud);
  const secrets = secretTexts(deployment.secrets, bucket);
  const parts = { bucket, cloud, images: compiled, secretNames: deployment.secrets, secrets };
  const hosts = deployment.hosts.map((host) => [host.name || 'host', deployHost(host, parts)] as const);
  return {
    hosts: Object.fromEntries(hosts),
    bucket: bucket?.label ?? null,
    endpoint: bucket?.endpoint ?? null,
    readOnlyAccessKey: bucket?.readOnlyAccessKey ?? null,
    readOnlySecretKey: bucket?.readOnlySecretKey ?? null,
    page: deployment.hosts.find(({ summary }) => summary?.url != null)?.summary?.url ?? null,
  };
}

function imagesOf({ hosts }: Deployment): ImageName[] {
  return hosts.some(({ summary }) => summary !== null) ? ['sqlite-backup', 'backend-dailysummary'] : ['sqlite-backup'];
}

/** Only where something is at Linode. Versioning and lifecycle need S3 keys, which the provider makes for that moment. */
function linodeProvider({ bucket, hosts }: Deployment): linode.Provider | null {
  const needed =
    bucket !== null ||
    hosts.some(
      ({ host, disk }) =>
        ['label', 'create'].includes(host.place.kind) ||
        host.firewall ||
        host.domain !== null ||
        (disk !== null && disk.kind !== 'mounted'),
    );
  if (!needed) return null;
  const config = new pulumi.Config('linode');
  const token = config.getSecret('token');
  const url = config.get('url');
  return new linode.Provider('linode', {
    objUseTempKeys: true,
    ...(token === undefined ? {} : { token }),
    ...(url === undefined ? {} : { url }),
  });
}

function secretTexts(names: readonly SecretKeyName[], bucket: Bucket | null): SecretTexts {
  const config = new pulumi.Config('nightshift');
  return {
    ...Object.fromEntries(names.map((name) => [name, config.requireSecret(name)])),
    ...(bucket === null ? {} : { bucketAccessKey: bucket.accessKey, bucketSecretKey: bucket.secretKey }),
  };
}
