import type { ObjectStorageKeyArgs } from '@pulumi/linode';
import type { Unwrap } from '@pulumi/pulumi';
import type { InputNames, ResourceType } from '../resource.ts';
import { account } from './account.ts';
import { type BucketAccess, createUser, grant, removeUser } from './gateway.ts';

/** `linode:index/objectStorageKey:ObjectStorageKey`: works on the lab's gateway, only on the buckets it names. */
export const key: ResourceType = {
  replaces: {
    bucketAccesses: { bucketName: true, permissions: true, region: true },
  } satisfies InputNames<ObjectStorageKeyArgs>,
  updates: { label: true, regions: true } satisfies InputNames<ObjectStorageKeyArgs>,
  deleteBeforeReplace: false,
  async create(values) {
    const inputs = values as Unwrap<ObjectStorageKeyArgs>;
    const bucketAccesses = (inputs.bucketAccesses ?? []) as BucketAccess[];
    const id = account.nextId();
    const uid = `linode-key-${id}-${process.pid}-${Date.now()}`;
    const keys = await createUser(uid);
    account.put('keys', { id, uid, label: inputs.label, bucketAccesses, accessKey: keys.accessKey });
    await grantAll(bucketAccesses);
    // The API shows the secret once, on creation: the real provider marks it as a secret output.
    return { id, read: { accessKey: keys.accessKey, limited: true, secretKey: secretValue(keys.secretKey) } };
  },
  async read(id) {
    const found = account.get('keys', id);
    return found && { label: found['label'], accessKey: found['accessKey'], bucketAccesses: found['bucketAccesses'] };
  },
  async update(id, before, after) {
    account.put('keys', { ...account.get('keys', id), id, label: after['label'] });
    return { accessKey: before['accessKey'], limited: true, secretKey: secretValue(String(before['secretKey'])) };
  },
  async remove(id) {
    const found = account.get('keys', id);
    if (!found) return;
    account.remove('keys', id);
    await removeUser(String(found['uid']));
    await grantAll(found['bucketAccesses'] as BucketAccess[]);
  },
};

async function grantAll(accesses: BucketAccess[]): Promise<void> {
  for (const { bucketName } of accesses) await grant(bucketName);
}

function secretValue(value: string): object {
  return { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', value };
}
