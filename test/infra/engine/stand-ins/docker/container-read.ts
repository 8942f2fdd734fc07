import type Docker from 'dockerode';
import type { StandInContainerInputs } from './container-inputs.ts';
import { goDuration } from './duration.ts';

/**
 * What terraform-provider-docker reads back of a container. Environment, labels and networks never; sets in the order of
 * `given`, as their order means nothing; what an input leaves to the engine only when it was given.
 */
export function readBack(found: Docker.ContainerInspectInfo, given: StandInContainerInputs): StandInContainerInputs {
  const { Config, HostConfig } = found;
  const health = Config.Healthcheck;
  return {
    image: found.Image,
    name: found.Name.replace(/^\//, ''),
    ...((given.networkMode || HostConfig.NetworkMode !== 'default') && { networkMode: HostConfig.NetworkMode }),
    ...((given.readOnly || HostConfig.ReadonlyRootfs) && { readOnly: HostConfig.ReadonlyRootfs ?? false }),
    ...(given.restart && { restart: HostConfig.RestartPolicy?.Name }),
    ...(given.user && { user: Config.User }),
    ...(given.command && { command: Config.Cmd }),
    ...(given.entrypoints && { entrypoints: [Config.Entrypoint ?? []].flat() }),
    ...(given.init !== undefined && { init: HostConfig.Init ?? false }),
    ...(given.memory && { memory: (HostConfig.Memory ?? 0) / 1024 / 1024 }),
    // Always, whether it was given or not: the engine chooses twice the memory, or -1 where swap is not counted.
    ...(HostConfig.MemorySwap && { memorySwap: mebibytesOf(HostConfig.MemorySwap) }),
    ...(given.logDriver && { logDriver: HostConfig.LogConfig?.Type }),
    ...(given.logOpts && { logOpts: HostConfig.LogConfig?.Config }),
    ...(given.tmpfs && { tmpfs: HostConfig.Tmpfs }),
    ...(given.securityOpts && { securityOpts: inOrderOf(given.securityOpts, HostConfig.SecurityOpt ?? []) }),
    ...(given.mounts && { mounts: mountsOf(given.mounts, HostConfig.Mounts ?? []) }),
    ...(given.capabilities && {
      capabilities: {
        ...(given.capabilities.adds && { adds: inOrderOf(given.capabilities.adds, HostConfig.CapAdd ?? []) }),
        ...(given.capabilities.drops && { drops: inOrderOf(given.capabilities.drops, HostConfig.CapDrop ?? []) }),
      },
    }),
    ...(given.healthcheck && {
      healthcheck: {
        tests: health?.Test ?? [],
        ...(given.healthcheck.interval && { interval: goDuration(health?.Interval ?? 0) }),
        ...(given.healthcheck.timeout && { timeout: goDuration(health?.Timeout ?? 0) }),
        ...(given.healthcheck.startPeriod && { startPeriod: goDuration(health?.StartPeriod ?? 0) }),
        ...(given.healthcheck.retries && { retries: health?.Retries ?? 0 }),
      },
    }),
  };
}

function mebibytesOf(bytes: number): number {
  return bytes > 0 ? bytes / 1024 / 1024 : bytes;
}

type Mounts = NonNullable<StandInContainerInputs['mounts']>;

function mountsOf(given: Mounts, found: Docker.MountSettings[]): Mounts {
  const read = found.map(({ Type, Source, Target, ReadOnly }) => ({
    type: Type,
    source: Source,
    target: Target,
    readOnly: ReadOnly ?? false,
  }));
  const known = given.map((mount) => {
    const same = read.find(({ target }) => target === mount.target);
    return same && { ...pick(same, mount) };
  });
  const others = read.filter(({ target }) => given.every((mount) => mount.target !== target));
  return [...known.filter((mount) => mount !== undefined), ...others];
}

function pick<T extends object>(all: T, like: object): T {
  return Object.fromEntries(Object.entries(all).filter(([name]) => name in like)) as T;
}

function inOrderOf(given: string[], found: string[]): string[] {
  return [...given.filter((item) => found.includes(item)), ...found.filter((item) => !given.includes(item))];
}
