import type { DomainRecordArgs, FirewallArgs, FirewallDeviceArgs, InstanceArgs, VolumeArgs } from '@pulumi/linode';
import type { InputNames, PropertyValues, ResourceType } from '../resource.ts';
import { type AccountKind, account } from './account.ts';

/** A resource that is only an entry of the account. `computedBy` adds what Linode computes. */
function accountResource(
  kind: AccountKind,
  shape: Pick<ResourceType, 'replaces' | 'updates'>,
  computedBy: (inputs: PropertyValues, id: string) => PropertyValues = () => ({}),
): ResourceType {
  const save = (id: string, inputs: PropertyValues) => {
    account.put(kind, { ...account.get(kind, id), ...inputs, ...computedBy(inputs, id), id });
    return computedBy(inputs, id);
  };
  return {
    ...shape,
    deleteBeforeReplace: false,
    // Numbers, texts and lists that Linode fills in when they are left out.
    computed: [...Object.keys(shape.replaces), ...Object.keys(shape.updates)],
    async create(inputs) {
      const id = account.nextId();
      return { id, read: save(id, inputs) };
    },
    async read(id) {
      const found = account.get(kind, id);
      if (!found) return null;
      const { id: _id, ...rest } = found;
      return rest;
    },
    async update(id, _before, after) {
      return save(id, after);
    },
    async remove(id) {
      account.remove(kind, id);
    },
  };
}

const rule = { label: true, action: true, protocol: true, ports: true, ipv4s: true, ipv6s: true, description: true };

/** A volume grows in place and never shrinks; its path on the host is made from its label, as Linode does. */
export const volume: ResourceType = {
  ...accountResource(
    'volumes',
    {
      replaces: { region: true, encryption: true } satisfies InputNames<VolumeArgs>,
      updates: { label: true, size: true, linodeId: true, tags: true } satisfies InputNames<VolumeArgs>,
    },
    ({ label }) => ({ filesystemPath: devicePathOf(String(label)), status: 'active' }),
  ),
  async remove(id) {
    if (account.get('volumes', id)?.['linodeId'])
      account.put('volumes', { ...account.get('volumes', id), id, linodeId: 0 });
    account.remove('volumes', id);
  },
};

export const instance = accountResource(
  'instances',
  {
    replaces: {
      region: true,
      image: true,
      authorizedKeys: true,
      authorizedUsers: true,
      metadatas: { userData: true },
      rootPass: true,
    } satisfies InputNames<InstanceArgs>,
    updates: {
      label: true,
      type: true,
      tags: true,
      privateIp: true,
      firewallId: true,
      backupsEnabled: true,
      watchdogEnabled: true,
      booted: true,
      swapSize: true,
    } satisfies InputNames<InstanceArgs>,
  },
  () => ({ ipAddress: '127.0.0.1', ipv4s: ['127.0.0.1'], status: 'running' }),
);

export const firewall = accountResource('firewalls', {
  replaces: {},
  updates: {
    label: true,
    inboundPolicy: true,
    outboundPolicy: true,
    inbounds: rule,
    outbounds: rule,
    linodes: true,
    tags: true,
    disabled: true,
  } satisfies InputNames<FirewallArgs>,
});

export const firewallDevice = accountResource('devices', {
  replaces: { firewallId: true, entityId: true, entityType: true } satisfies InputNames<FirewallDeviceArgs>,
  updates: {},
});

export const domainRecord = accountResource('records', {
  replaces: { domainId: true, recordType: true } satisfies InputNames<DomainRecordArgs>,
  updates: { name: true, target: true, ttlSec: true } satisfies InputNames<DomainRecordArgs>,
});

/** `/dev/disk/by-id/…` on a real host; a test puts a loop device below LINODE_DEVICES. */
function devicePathOf(label: string): string {
  return `${process.env['LINODE_DEVICES'] ?? '/dev/disk/by-id'}/scsi-0Linode_Volume_${label}`;
}
