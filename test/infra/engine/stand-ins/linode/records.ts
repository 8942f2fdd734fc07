import type { DomainRecordArgs, FirewallArgs, FirewallDeviceArgs, InstanceArgs, VolumeArgs } from '@pulumi/linode';
import type { Names, ResourceType, Values } from '../resource.ts';
import { type AccountKind, account } from './account.ts';

/** A resource that is a row on the account and nothing more. `made` adds what Linode works out. */
function record(
  kind: AccountKind,
  shape: Pick<ResourceType, 'replaces' | 'updates'>,
  made: (inputs: Values, id: string) => Values = () => ({}),
): ResourceType {
  const save = (id: string, inputs: Values) => {
    account.put(kind, { ...account.get(kind, id), ...inputs, ...made(inputs, id), id });
    return made(inputs, id);
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
  ...record(
    'volumes',
    {
      replaces: { region: true, encryption: true } satisfies Names<VolumeArgs>,
      updates: { label: true, size: true, linodeId: true, tags: true } satisfies Names<VolumeArgs>,
    },
    ({ label }) => ({ filesystemPath: devicePathOf(String(label)), status: 'active' }),
  ),
  async remove(id) {
    if (account.get('volumes', id)?.['linodeId'])
      account.put('volumes', { ...account.get('volumes', id), id, linodeId: 0 });
    account.remove('volumes', id);
  },
};

export const instance = record(
  'instances',
  {
    replaces: {
      region: true,
      image: true,
      authorizedKeys: true,
      authorizedUsers: true,
      metadatas: { userData: true },
      rootPass: true,
    } satisfies Names<InstanceArgs>,
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
    } satisfies Names<InstanceArgs>,
  },
  () => ({ ipAddress: '127.0.0.1', ipv4s: ['127.0.0.1'], status: 'running' }),
);

export const firewall = record('firewalls', {
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
  } satisfies Names<FirewallArgs>,
});

export const firewallDevice = record('devices', {
  replaces: { firewallId: true, entityId: true, entityType: true } satisfies Names<FirewallDeviceArgs>,
  updates: {},
});

export const domainRecord = record('records', {
  replaces: { domainId: true, recordType: true } satisfies Names<DomainRecordArgs>,
  updates: { name: true, target: true, ttlSec: true } satisfies Names<DomainRecordArgs>,
});

/** `/dev/disk/by-id/…` in life; a test lays a loop device under LINODE_DEVICES. */
function devicePathOf(label: string): string {
  return `${process.env['LINODE_DEVICES'] ?? '/dev/disk/by-id'}/scsi-0Linode_Volume_${label}`;
}
