import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutAddress } from '../../jobs/archives/choice/typed-address.ts';
import { asFailure } from '../../jobs/runtime/errors.ts';
import type { StoreLocation } from '../../jobs/settings/store-location.ts';

const key = 'sqlite-backups/daily/shop_2025-11-30_020000.db.gz';
const bucket: StoreLocation = {
  kind: 's3',
  endpoint: 'https://sg-sin-1.linodeobjects.com',
  region: 'sg-sin-1',
  bucket: 'shop-backups',
  accessKey: 'key',
  secretKey: 'secret',
};
const folder: StoreLocation = { kind: 'directory', folder: '/mnt/back ups' };

/** The key, or the code and message of the refusal. */
function understood(typed: string, location: StoreLocation): string {
  try {
    return withoutAddress(typed, location);
  } catch (error) {
    const { code, message } = asFailure(error);
    return `${code}: ${message}`;
  }
}

const here = 'is not in the store, which is s3://shop-backups/ at https://sg-sin-1.linodeobjects.com.';
const cases: readonly [string, string, StoreLocation, string][] = [
  ['an address as s3cmd prints it', `s3://shop-backups/${key}`, bucket, key],
  ['the address with S3 in capitals', `S3://shop-backups/${key}`, bucket, key],
  ['the URL with the bucket in its path', `https://sg-sin-1.linodeobjects.com/shop-backups/${key}`, bucket, key],
  [
    'a presigned URL with the bucket in its host',
    `https://shop-backups.sg-sin-1.linodeobjects.com/sqlite-backups%2Fdaily%2Fshop_2025-11-30_020000.db.gz?X-Amz-Signature=1`,
    bucket,
    key,
  ],
  ['a path in the folder', `/mnt/back ups/${key}`, folder, key],
  ['the folder as list names it', `file:///mnt/back%20ups/${key}`, folder, key],
  ['a key', key, bucket, key],
  ['a key in a folder store', key, folder, key],
  ['a word', 'latest', folder, 'latest'],
  [
    'an address in another bucket',
    `s3://shop-backups-old/${key}`,
    bucket,
    `ARGUMENT_INVALID: s3://shop-backups-old/${key} ${here}`,
  ],
  [
    'a URL of another server',
    `https://eu-central-1.linodeobjects.com/shop-backups/${key}`,
    bucket,
    `ARGUMENT_INVALID: https://eu-central-1.linodeobjects.com/shop-backups/${key} ${here}`,
  ],
  [
    'a URL of another bucket of the server',
    `https://sg-sin-1.linodeobjects.com/other/${key}`,
    bucket,
    `ARGUMENT_INVALID: https://sg-sin-1.linodeobjects.com/other/${key} ${here}`,
  ],
  [
    'a bucket where the store is a folder',
    `s3://shop-backups/${key}`,
    folder,
    `ARGUMENT_INVALID: s3://shop-backups/${key} is not in the store, which is /mnt/back ups/.`,
  ],
  [
    'a path beside the folder',
    `/mnt/back ups 2/${key}`,
    folder,
    `ARGUMENT_INVALID: /mnt/back ups 2/${key} is not in the store, which is /mnt/back ups/.`,
  ],
  ['a bucket alone', 's3://shop-backups/', bucket, 'ARGUMENT_INVALID: s3://shop-backups/ names no backup.'],
];
for (const [what, typed, location, expected] of cases) {
  test(`${what}: its key, or a refusal that names the store`, () => {
    assert.equal(understood(typed, location), expected);
  });
}
