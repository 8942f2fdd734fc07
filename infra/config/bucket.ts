import type { BucketPlan, StorePlan } from '../deployment.ts';
import type { SecretKeyName } from './keys.ts';
import type { Reader } from './reader.ts';

const region = /^[a-z]{2,3}-[a-z]+(-\d+)?$/;

export function bucketOf(read: Reader): BucketPlan | null {
  const label = read.matching('bucket', /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, '3 to 63 small letters, digits, dashes');
  if (label === null) return null;
  const place = read.text('bucketRegion', 'the bucket needs a region');
  if (place === 'sg-sin-1' || place.includes('linodeobjects')) {
    const hint = 'set it to the region as the API calls it: sg-sin-1.linodeobjects.com lies in region sg-sin-2';
    read.report('bucketRegion', `is "${place}", the name of an S3 host`, hint);
  } else if (place !== '' && !region.test(place)) {
    read.report('bucketRegion', `is "${place}"`, 'set it to a region such as sg-sin-2');
  }
  const oldVersionDays = read.whole('bucketOldVersionDays', 1, 3650);
  return { label, region: place, adopt: read.flag('bucketAdopt'), oldVersionDays };
}

/** Where backups go: exactly one of the managed bucket, another S3 server, a folder. */
export function storeOf(read: Reader, secrets: readonly SecretKeyName[]): StorePlan {
  const bucket = read.optional('bucket');
  const endpoint = read.matching(
    's3Endpoint',
    /^https?:\/\/[^/]+\/?$/,
    'a full address such as https://s3.example.com',
  );
  const folder = read.matching('storeFolder', /^\/./, 'a full path on the host');
  const chosen = [bucket, endpoint, folder].filter((each) => each !== null).length;
  if (chosen === 0)
    read.report('bucket', 'is not set', 'say where backups go: set bucket, or s3Endpoint, or storeFolder');
  if (chosen > 1)
    read.report('bucket', 'is not the only place for backups', 'keep one of bucket, s3Endpoint and storeFolder');
  if (endpoint === null) return folder === null ? { kind: 'managed' } : { kind: 'folder', folder };
  for (const key of ['s3AccessKey', 's3SecretKey'] as const) {
    if (!secrets.includes(key))
      read.report(key, 'is not set but s3Endpoint is', `\`pulumi config set --secret nightshift:${key}\``);
  }
  return { kind: 's3', endpoint: endpoint.replace(/\/$/, ''), bucket: read.text('s3Bucket', 's3Endpoint is set') };
}
