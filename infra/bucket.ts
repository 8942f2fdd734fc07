import * as linode from '@pulumi/linode';
import * as pulumi from '@pulumi/pulumi';
import type { BucketPlan } from './deployment.ts';

/** Where backups go, as the API says it. */
export type Bucket = {
  readonly label: pulumi.Input<string>;
  /** Full URL of the S3 server. */
  readonly endpoint: pulumi.Output<string>;
  readonly accessKey: pulumi.Output<string>;
  readonly secretKey: pulumi.Output<string>;
  readonly readOnlyAccessKey: pulumi.Output<string>;
  readonly readOnlySecretKey: pulumi.Output<string>;
};

/** The bucket, private and versioned, and two keys that open nothing else. It stays when the stack goes. */
export function backupBucket(plan: BucketPlan, cloud: linode.Provider): Bucket {
  const { label, region } = plan;
  const bucket = new linode.ObjectStorageBucket('bucket', bucketArgs(plan), {
    provider: cloud,
    protect: true,
    retainOnDelete: true,
    ...(plan.adopt ? { import: `${region}:${label}` } : {}),
  });
  const key = (name: string, permissions: 'read_write' | 'read_only') =>
    new linode.ObjectStorageKey(
      name,
      { label: `${label}-${name}`, bucketAccesses: [{ bucketName: bucket.label, region, permissions }] },
      { provider: cloud },
    );
  const jobs = key('jobs-key', 'read_write');
  const looking = key('looking-key', 'read_only');
  return {
    label: bucket.label,
    // Read, never built: the S3 host of region sg-sin-2 is sg-sin-1.linodeobjects.com.
    endpoint: bucket.s3Endpoint.apply((host) => (host.includes('://') ? host : `https://${host}`)),
    accessKey: jobs.accessKey,
    secretKey: pulumi.secret(jobs.secretKey),
    readOnlyAccessKey: looking.accessKey,
    readOnlySecretKey: pulumi.secret(looking.secretKey),
  };
}

/** What an import finds must be what the program says, so an adopted bucket gets its rules at the next `up`. */
function bucketArgs({ label, region, adopt, oldVersionDays }: BucketPlan): linode.ObjectStorageBucketArgs {
  if (adopt) return { label, region };
  return {
    label,
    region,
    acl: 'private',
    versioning: true,
    // Rules without an id, and corsEnabled, make E2 and E3 endpoints differ at every preview.
    lifecycleRules: [
      { id: 'abort-stale-uploads', enabled: true, abortIncompleteMultipartUploadDays: 2 },
      { id: 'expire-old-versions', enabled: true, noncurrentVersionExpiration: { days: oldVersionDays } },
    ],
  };
}
