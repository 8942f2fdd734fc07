import * as linode from '@pulumi/linode';
import * as pulumi from '@pulumi/pulumi';
import type { BucketPlan } from './deployment.ts';

/** The bucket of the backups, as the API describes it. */
export type BucketResource = {
  readonly label: pulumi.Input<string>;
  /** Full URL of the S3 server. */
  readonly endpoint: pulumi.Output<string>;
  readonly accessKey: pulumi.Output<string>;
  readonly secretKey: pulumi.Output<string>;
  readonly readOnlyAccessKey: pulumi.Output<string>;
  readonly readOnlySecretKey: pulumi.Output<string>;
};

/** The bucket, private and versioned, and two keys that give access to nothing else. `destroy` keeps the bucket. */
export function createBucket(plan: BucketPlan, cloud: linode.Provider): BucketResource {
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
      { label: keyLabel(label, name), bucketAccesses: [{ bucketName: bucket.label, region, permissions }] },
      { provider: cloud },
    );
  const jobs = key('jobs-key', 'read_write');
  const readOnly = key('read-only-key', 'read_only');
  return {
    label: bucket.label,
    // Never made from the region: the S3 host of region sg-sin-2 is sg-sin-1.linodeobjects.com.
    endpoint: bucket.s3Endpoint.apply((host) => (host.includes('://') ? host : `https://${host}`)),
    accessKey: jobs.accessKey,
    secretKey: pulumi.secret(jobs.secretKey),
    readOnlyAccessKey: readOnly.accessKey,
    readOnlySecretKey: pulumi.secret(readOnly.secretKey),
  };
}

/** At most the 50 characters that Linode takes: a bucket may have up to 63. */
function keyLabel(bucket: string, name: string): string {
  return `${bucket.slice(0, 49 - name.length)}-${name}`;
}

/** An import fails where the program differs from what is there, so an adopted bucket gets its rules at the next `up`. */
function bucketArgs({ label, region, adopt, oldVersionDays }: BucketPlan): linode.ObjectStorageBucketArgs {
  if (adopt) return { label, region };
  return {
    label,
    region,
    acl: 'private',
    versioning: true,
    // On E2 and E3 endpoints, rules without an id and corsEnabled show a difference at every preview.
    lifecycleRules: [
      { id: 'abort-stale-uploads', enabled: true, abortIncompleteMultipartUploadDays: 2 },
      { id: 'expire-old-versions', enabled: true, noncurrentVersionExpiration: { days: oldVersionDays } },
    ],
  };
}
