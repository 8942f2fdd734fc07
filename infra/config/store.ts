import type { BucketPlan, StorePlan } from '../deployment.ts';
import type { HostConfig } from './stack.ts';

export function bucketOf({ values, required, report }: HostConfig): BucketPlan | null {
  const { bucket: label, bucketAdopt, bucketOldVersionDays } = values;
  if (label === null) return null;
  const region = required('bucketRegion', 'the bucket needs a region');
  if (region === 'sg-sin-1') {
    const hint = 'set it to the region as the API calls it: sg-sin-1.linodeobjects.com lies in region sg-sin-2';
    report('bucketRegion', `is "${region}", the name of an S3 host`, hint);
  }
  return { label, region, adopt: bucketAdopt, oldVersionDays: bucketOldVersionDays };
}

/** Where backups go: exactly one of the managed bucket, another S3 server, a folder. */
export function storeOf({ values, has, required, report }: HostConfig): StorePlan {
  const { s3Endpoint, storeFolder } = values;
  const chosen = (['bucket', 's3Endpoint', 'storeFolder'] as const).filter(has).length;
  if (chosen === 0) report('bucket', 'is not set', 'say where backups go: set bucket, or s3Endpoint, or storeFolder');
  if (chosen > 1)
    report('bucket', 'is not the only place for backups', 'keep one of bucket, s3Endpoint and storeFolder');
  if (s3Endpoint === null) return storeFolder === null ? { kind: 'managed' } : { kind: 'folder', folder: storeFolder };
  for (const key of ['s3AccessKey', 's3SecretKey'] as const) {
    if (!has(key)) report(key, 'is not set but s3Endpoint is', `\`pulumi config set --secret nightshift:${key}\``);
  }
  return {
    kind: 's3',
    endpoint: s3Endpoint.replace(/\/$/, ''),
    bucket: required('s3Bucket', 's3Endpoint is set'),
  };
}
