import type { ContainerArgs } from '@pulumi/docker';
import type { Unwrap } from '@pulumi/pulumi';
import type { InputNames } from '../resource.ts';

/** What the stand-in knows of a container's inputs, by what a change of them does in terraform-provider-docker. */
export type StandInContainerInputs = Unwrap<ContainerArgs>;

export const replaces = {
  capabilities: { adds: true, drops: true },
  command: true,
  entrypoints: true,
  envs: true,
  groupAdds: true,
  hosts: { host: true, ip: true },
  image: true,
  labels: { label: true, value: true },
  logDriver: true,
  logOpts: true,
  mounts: { type: true, source: true, target: true, readOnly: true },
  name: true,
  networkMode: true,
  networksAdvanced: { name: true, aliases: true },
  ports: { internal: true, external: true, ip: true, protocol: true },
  readOnly: true,
  securityOpts: true,
  stopSignal: true,
  stopTimeout: true,
  user: true,
} satisfies InputNames<ContainerArgs>;

/** Of these only restart and memory reach the engine; a new health check or tmpfs changes nothing until a replacement. */
export const updates = {
  destroyGraceSeconds: true,
  healthcheck: { tests: true, interval: true, timeout: true, startPeriod: true, retries: true },
  init: true,
  maxRetryCount: true,
  memory: true,
  memorySwap: true,
  mustRun: true,
  restart: true,
  start: true,
  tmpfs: true,
  wait: true,
  waitTimeout: true,
} satisfies InputNames<ContainerArgs>;
