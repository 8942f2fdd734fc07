import type { ProviderArgs } from '@pulumi/linode';
import { type AccountKind, account } from './linode/account.ts';
import { domainRecord, firewall, firewallDevice, instance, volume } from './linode/account-resources.ts';
import { bucket } from './linode/bucket.ts';
import { key } from './linode/key.ts';
import { configurePlugin } from './linode/temporary-key.ts';
import { type InputNames, type PropertyValues, standInFor } from './resource.ts';
import { serve } from './serve.ts';

// The `linode` stand-in: buckets and their keys in the lab's real RADOS Gateway, the rest in a file. Prints its port.
type Filter = { readonly name: string; readonly values: readonly string[] };

const list = (kind: AccountKind, property: string) => async (inputs: PropertyValues) => {
  const filters = (inputs['filters'] ?? []) as Filter[];
  const found = account
    .all(kind)
    .filter((object) => filters.every(({ name, values }) => values.includes(String(object[camel(name)]))))
    .map((object) => ({ ...object, id: Number(object.id) }));
  return { id: kind, filters, [property]: found };
};

const standIn = standInFor({
  version: '5.1.1',
  config: {
    token: true,
    url: true,
    apiVersion: true,
    objAccessKey: true,
    objSecretKey: true,
    objUseTempKeys: true,
  } satisfies InputNames<ProviderArgs>,
  configure: configurePlugin,
  types: {
    'linode:index/domainRecord:DomainRecord': domainRecord,
    'linode:index/firewall:Firewall': firewall,
    'linode:index/firewallDevice:FirewallDevice': firewallDevice,
    'linode:index/instance:Instance': instance,
    'linode:index/objectStorageBucket:ObjectStorageBucket': bucket,
    'linode:index/objectStorageKey:ObjectStorageKey': key,
    'linode:index/volume:Volume': volume,
  },
  functions: {
    'linode:index/getInstances:getInstances': list('instances', 'instances'),
    'linode:index/getDomains:getDomains': list('domains', 'domains'),
    'linode:index/getVolumes:getVolumes': list('volumes', 'volumes'),
  },
});
await serve(standIn);

function camel(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
