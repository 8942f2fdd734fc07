import * as linode from '@pulumi/linode';
import * as pulumi from '@pulumi/pulumi';
import { Failure } from '../jobs/runtime/errors.ts';
import type { SecretKey } from '../jobs/settings/table.ts';
import { type BucketResource, createBucket } from './bucket.ts';
import { pulumiSource } from './config/pulumi-source.ts';
import type { ConfigSource } from './config/source.ts';
import { readDeployment } from './config.ts';
import { deployHost } from './deploy-host.ts';
import { type Deployment, usesLinode } from './deployment.ts';
import { type CompiledImage, compiledImages } from './images.ts';
import { enforcePolicies } from './policy/enforce.ts';
import type { SecretValues } from './service-files.ts';
import type { ImageName } from './service-specs.ts';

export type Outputs = {
  /** Address of each host. */
  readonly hosts: Readonly<Record<string, pulumi.Output<string>>>;
  readonly bucket: pulumi.Input<string> | null;
  readonly endpoint: pulumi.Input<string> | null;
  /** For read access to the bucket with any S3 client: `pulumi stack output --show-secrets`. */
  readonly readOnlyAccessKey: pulumi.Input<string> | null;
  readonly readOnlySecretKey: pulumi.Input<string> | null;
  /** URL of the summary page. */
  readonly page: string | null;
};

export type DeployOptions = {
  readonly source?: ConfigSource;
  /** Folder of the compiled images, by default `dist`; or the images themselves. */
  readonly images?: string | readonly CompiledImage[];
};

/** The whole stack: config -> bucket -> hosts (disk, images, services) -> outputs. Throws before any resource changes. */
export function deploy(options: DeployOptions = {}): Outputs {
  try {
    return declareStack(options);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // Pulumi shows only the message, and of a RunError no stack trace.
    throw new pulumi.RunError(`${error.message}\n${error.hint}`);
  }
}

function declareStack({ source = pulumiSource(), images }: DeployOptions): Outputs {
  const deployment = readDeployment(source);
  const compiled = typeof images === 'object' ? images : compiledImages(imageNames(deployment), images);
  enforcePolicies();
  const cloud = linodeProvider(deployment);
  const bucket = deployment.bucket === null || cloud === null ? null : createBucket(deployment.bucket, cloud);
  const secrets = secretValues(deployment.secrets, bucket);
  const deps = { bucket, cloud, images: compiled, secrets };
  const hosts = deployment.hosts.map((host) => [host.name || 'host', deployHost(host, deps)] as const);
  return {
    hosts: Object.fromEntries(hosts),
    bucket: bucket?.label ?? null,
    endpoint: bucket?.endpoint ?? null,
    readOnlyAccessKey: bucket?.readOnlyAccessKey ?? null,
    readOnlySecretKey: bucket?.readOnlySecretKey ?? null,
    page: deployment.hosts.find(({ summary }) => summary?.url != null)?.summary?.url ?? null,
  };
}

function imageNames({ hosts }: Deployment): ImageName[] {
  return hosts.some(({ summary }) => summary !== null) ? ['sqlite-backup', 'backend-dailysummary'] : ['sqlite-backup'];
}

/**
 * Newer than the SDK, which asks for its own version: on E2 and E3 endpoints a new key answers 403 for up to 30 s, and
 * only plugins from 5.5.0 on wait for the temporary key before they use it.
 */
const linodePlugin = '5.5.0';

/** Null when the stack uses nothing at Linode. Versioning and lifecycle rules need S3 keys: the provider creates temporary ones. */
function linodeProvider(deployment: Deployment): linode.Provider | null {
  if (!usesLinode(deployment)) return null;
  const config = new pulumi.Config('linode');
  const token = config.getSecret('token');
  const url = config.get('url');
  return new linode.Provider(
    'linode',
    {
      objUseTempKeys: true,
      ...(token === undefined ? {} : { token }),
      ...(url === undefined ? {} : { url }),
    },
    { version: linodePlugin },
  );
}

function secretValues(names: readonly SecretKey[], bucket: BucketResource | null): SecretValues {
  const config = new pulumi.Config('nightshift');
  return {
    ...Object.fromEntries(names.map((name) => [name, config.requireSecret(name)])),
    ...(bucket === null ? {} : { bucketAccessKey: bucket.accessKey, bucketSecretKey: bucket.secretKey }),
  };
}
