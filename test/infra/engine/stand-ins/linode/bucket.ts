import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import type { ObjectStorageBucketArgs } from '@pulumi/linode';
import type { Unwrap } from '@pulumi/pulumi';
import type { InputNames, PropertyValues, ResourceType } from '../resource.ts';
import { account } from './account.ts';
import { gateway } from './gateway.ts';
import { requireTemporaryKey } from './temporary-key.ts';

type Inputs = Unwrap<ObjectStorageBucketArgs>;
type Rules = NonNullable<Inputs['lifecycleRules']>;

/** `linode:index/objectStorageBucket:ObjectStorageBucket`, kept in the lab's RADOS Gateway. Its id is `region:label`. */
export const bucket: ResourceType = {
  replaces: { label: true, region: true, endpointType: true } satisfies InputNames<ObjectStorageBucketArgs>,
  updates: {
    acl: true,
    versioning: true,
    lifecycleRules: {
      id: true,
      prefix: true,
      enabled: true,
      abortIncompleteMultipartUploadDays: true,
      expiration: { days: true, expiredObjectDeleteMarker: true },
      noncurrentVersionExpiration: { days: true },
    },
    accessKey: true,
    secretKey: true,
  } satisfies InputNames<ObjectStorageBucketArgs>,
  deleteBeforeReplace: false,
  computed: ['acl', 'endpointType', 'region', 'versioning'],
  async create(values) {
    const inputs = values as Inputs;
    if (await exists(inputs.label)) {
      throw new Error(`[400] [label] The bucket name "${inputs.label}" is taken by another user.`);
    }
    await gateway.send(new CreateBucketCommand({ Bucket: inputs.label }));
    const id = `${inputs.region}:${inputs.label}`;
    account.put('buckets', { ...inputs, id, acl: inputs.acl ?? 'private' });
    await apply({}, inputs);
    return { id, read: await readBack(id, inputs) };
  },
  async read(id, state) {
    const [, label = ''] = id.split(':');
    if (!(await exists(label))) return null;
    return readBack(id, state as Inputs);
  },
  async update(id, before, after) {
    const kept = account.get('buckets', id);
    account.put('buckets', { ...kept, id, acl: after['acl'] ?? 'private' });
    await apply(before, after as Inputs);
    return readBack(id, after as Inputs);
  },
  async remove(id, state) {
    await gateway.send(new DeleteBucketCommand({ Bucket: String(state['label']) }));
    account.remove('buckets', id);
  },
};

async function exists(label: string): Promise<boolean> {
  return gateway.send(new HeadBucketCommand({ Bucket: label })).then(
    () => true,
    () => false,
  );
}

/** As the real provider: versioning and lifecycle are read only where the state has one of them, so not on an import. */
async function readBack(id: string, given: Inputs): Promise<PropertyValues> {
  const [region = '', label = ''] = id.split(':');
  const address = process.env['LINODE_S3_ENDPOINT'] ?? '';
  const seen = {
    region,
    label,
    acl: account.get('buckets', id)?.['acl'] ?? 'private',
    endpointType: given.endpointType ?? 'E2',
    cluster: address.split('.')[0] ?? '',
    corsEnabled: false,
    endpoint: address,
    hostname: `${label}.${address}`,
    s3Endpoint: address,
  };
  if (!given.versioning && !given.lifecycleRules) return seen;
  requireTemporaryKey();
  const { Status } = await gateway.send(new GetBucketVersioningCommand({ Bucket: label }));
  const rules = await readRules(label);
  return { ...seen, versioning: Status === 'Enabled', ...(given.lifecycleRules && { lifecycleRules: rules }) };
}

async function apply(before: PropertyValues, { label, versioning, lifecycleRules }: Inputs): Promise<void> {
  if (versioning !== before['versioning'] || lifecycleRules) requireTemporaryKey();
  if (versioning !== before['versioning']) {
    const Status = versioning ? 'Enabled' : 'Suspended';
    await gateway.send(new PutBucketVersioningCommand({ Bucket: label, VersioningConfiguration: { Status } }));
  }
  if (lifecycleRules && lifecycleRules.length > 0) {
    const Rules = lifecycleRules.map(ruleOf);
    await gateway.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket: label, LifecycleConfiguration: { Rules } }),
    );
  } else if (before['lifecycleRules']) {
    await gateway.send(new DeleteBucketLifecycleCommand({ Bucket: label }));
  }
}

function ruleOf(rule: Rules[number]): LifecycleRule {
  const days = rule.noncurrentVersionExpiration?.days;
  return {
    ID: rule.id,
    Status: rule.enabled ? 'Enabled' : 'Disabled',
    Filter: { Prefix: rule.prefix ?? '' },
    ...(rule.abortIncompleteMultipartUploadDays && {
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: rule.abortIncompleteMultipartUploadDays },
    }),
    ...(rule.expiration && {
      Expiration: { Days: rule.expiration.days, ExpiredObjectDeleteMarker: rule.expiration.expiredObjectDeleteMarker },
    }),
    ...(days && { NoncurrentVersionExpiration: { NoncurrentDays: days } }),
  };
}

async function readRules(label: string): Promise<Rules> {
  const { Rules = [] } = await gateway
    .send(new GetBucketLifecycleConfigurationCommand({ Bucket: label }))
    .catch(() => ({ Rules: [] as LifecycleRule[] }));
  return Rules.map((rule) => ({
    id: rule.ID,
    enabled: rule.Status === 'Enabled',
    ...(rule.Filter?.Prefix && { prefix: rule.Filter.Prefix }),
    ...(rule.AbortIncompleteMultipartUpload && {
      abortIncompleteMultipartUploadDays: rule.AbortIncompleteMultipartUpload.DaysAfterInitiation,
    }),
    ...(rule.Expiration && { expiration: expirationOf(rule.Expiration) }),
    ...(rule.NoncurrentVersionExpiration?.NoncurrentDays && {
      noncurrentVersionExpiration: { days: rule.NoncurrentVersionExpiration.NoncurrentDays },
    }),
  }));
}

function expirationOf({ Days, ExpiredObjectDeleteMarker }: NonNullable<LifecycleRule['Expiration']>) {
  return {
    ...(Days && { days: Days }),
    ...(ExpiredObjectDeleteMarker && { expiredObjectDeleteMarker: ExpiredObjectDeleteMarker }),
  };
}
