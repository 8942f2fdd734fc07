import type { NetworkArgs, SecretArgs, ServiceConfigArgs, VolumeArgs } from '@pulumi/docker';
import type { Unwrap } from '@pulumi/pulumi';
import type { InputNames, ResourceType } from '../resource.ts';
import { engine, nullIfAbsent } from './engine.ts';

const labelNames = { label: true, value: true } as const;

/** `docker:index/network:Network`. Removing one that is in use fails, as on any engine. */
export const network: ResourceType = {
  replaces: {
    name: true,
    driver: true,
    attachable: true,
    internal: true,
    labels: labelNames,
  } satisfies InputNames<NetworkArgs>,
  updates: {},
  computed: ['name', 'driver'],
  deleteBeforeReplace: true,
  async create(values, resourceName) {
    const inputs = values as Unwrap<NetworkArgs>;
    const created = await engine.createNetwork({
      Name: inputs.name ?? resourceName,
      Driver: inputs.driver ?? 'bridge',
      Attachable: inputs.attachable ?? false,
      Internal: inputs.internal ?? false,
      CheckDuplicate: true,
      Labels: labelsOf(inputs.labels),
    });
    return { id: created.id, read: { name: inputs.name ?? resourceName } };
  },
  async read(id, state) {
    const found = await nullIfAbsent(engine.getNetwork(id).inspect());
    return found && { name: found.Name, ...(state['driver'] ? { driver: found.Driver } : {}) };
  },
  async remove(id) {
    await nullIfAbsent(engine.getNetwork(id).remove());
  },
};

/** `docker:index/volume:Volume`. */
export const volume: ResourceType = {
  replaces: { name: true, driver: true, driverOpts: true, labels: labelNames } satisfies InputNames<VolumeArgs>,
  updates: {},
  computed: ['name', 'driver'],
  deleteBeforeReplace: true,
  async create(values, resourceName) {
    const inputs = values as Unwrap<VolumeArgs>;
    const name = inputs.name ?? resourceName;
    await engine.createVolume({
      Name: name,
      Driver: inputs.driver ?? 'local',
      DriverOpts: { ...inputs.driverOpts },
      Labels: labelsOf(inputs.labels),
    });
    return { id: name, read: { name } };
  },
  async read(id) {
    const found = await nullIfAbsent(engine.getVolume(id).inspect());
    return found && { name: found.Name };
  },
  async remove(id) {
    await nullIfAbsent(engine.getVolume(id).remove());
  },
};

/** `docker:index/secret:Secret`: immutable in Swarm, so any change replaces it. */
export const secret: ResourceType = {
  replaces: { name: true, data: true, labels: labelNames } satisfies InputNames<SecretArgs>,
  updates: {},
  computed: ['name', 'driver'],
  deleteBeforeReplace: false,
  async create(values, resourceName) {
    const inputs = values as Unwrap<SecretArgs>;
    const Name = inputs.name ?? resourceName;
    const { id } = await engine.createSecret({ Name, Data: inputs.data, Labels: labelsOf(inputs.labels) });
    return { id, read: { name: Name } };
  },
  async read(id) {
    const found = await nullIfAbsent(engine.getSecret(id).inspect());
    return found && { name: found.Spec?.Name };
  },
  async remove(id) {
    await nullIfAbsent(engine.getSecret(id).remove());
  },
};

/** `docker:index/serviceConfig:ServiceConfig`: immutable in Swarm, so any change replaces it. */
export const serviceConfig: ResourceType = {
  replaces: { name: true, data: true, dataRaw: true, labels: labelNames } satisfies InputNames<ServiceConfigArgs>,
  updates: {},
  computed: ['name', 'driver'],
  deleteBeforeReplace: false,
  async create(values, resourceName) {
    const inputs = values as Unwrap<ServiceConfigArgs>;
    const Name = inputs.name ?? resourceName;
    const Data = inputs.data ?? Buffer.from(inputs.dataRaw ?? '').toString('base64');
    const { id } = await engine.createConfig({ Name, Data, Labels: labelsOf(inputs.labels) });
    return { id, read: { name: Name } };
  },
  async read(id) {
    const found = await nullIfAbsent(engine.getConfig(id).inspect());
    return found && { name: found.Spec?.Name };
  },
  async remove(id) {
    await nullIfAbsent(engine.getConfig(id).remove());
  },
};

export function labelsOf(labels: { label: string; value: string }[] = []): Record<string, string> {
  return Object.fromEntries(labels.map(({ label, value }) => [label, value]));
}
