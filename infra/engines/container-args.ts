import type { ContainerArgs } from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import type { Folders } from '../deployment.ts';
import { environmentOf, mountsOf, type ResolvedSpec } from '../resolved-spec.ts';
import type { ServiceHealthCheck, ServiceSpec } from '../service-specs.ts';

/** What a container needs beside its spec. */
export type ContainerInputs = {
  readonly folders: Pick<Folders, 'config'>;
  readonly image: pulumi.Input<string>;
  readonly resolved: pulumi.Output<ResolvedSpec>;
  /** Hash of the secrets' and files' content: a new secret replaces the container. */
  readonly contentHash: pulumi.Input<string>;
  /** Changes with the host: then `up --refresh` creates the containers again. */
  readonly hostId: pulumi.Input<string>;
};

export const logOptions = { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } } as const;

/**
 * The provider reads this back always, so left out it is a difference at every preview; and an engine refuses more memory
 * than the limit of both. Only this value reads back the same where swap is not counted.
 */
export const noSwapLimit = -1;

/** ServiceSpec -> docker.Container. */
export function containerArgs(spec: ServiceSpec, inputs: ContainerInputs): ContainerArgs {
  const { health, publish } = spec;
  return {
    name: spec.name,
    image: inputs.image,
    command: [...spec.command],
    // Secret: the provider never reads them back, and would print them in every preview.
    envs: pulumi.secret(inputs.resolved.apply((resolved) => assignments(environmentOf(resolved)))),
    user: spec.user,
    readOnly: true,
    capabilities: { drops: ['ALL'] },
    securityOpts: ['no-new-privileges'],
    init: true,
    memory: spec.memoryMiB,
    memorySwap: noSwapLimit,
    restart: 'unless-stopped',
    // Without it the provider sends SIGKILL at once; with it a running backup ends first.
    destroyGraceSeconds: spec.stopSeconds,
    stopTimeout: spec.stopSeconds,
    // Without it the provider reports a difference at every preview.
    networkMode: spec.networks[0] ?? 'bridge',
    networksAdvanced: spec.networks.map((name) => ({ name, aliases: [spec.name] })),
    // `mounts` never creates a folder, `volumes` does: with the disk unmounted the service must not start.
    mounts: mountsOf(spec, inputs.folders).map((mount) => ({ type: 'bind', ...mount })),
    tmpfs: Object.fromEntries(Object.entries(spec.tmpfs).map(([folder, size]) => [folder, `size=${size}`])),
    ...(publish === null ? {} : { ports: [{ ...publish, protocol: 'tcp' }] }),
    healthcheck: healthcheckArgs(health),
    logDriver: logOptions.driver,
    logOpts: logOptions.options,
    labels: [
      { label: 'nightshift.content', value: inputs.contentHash },
      { label: 'nightshift.host', value: inputs.hostId },
      ...labelArgs(spec),
    ],
  };
}

/** The provider neither replaces a container for a new health check, tmpfs or init, nor updates them. */
export const containerOptions = {
  replaceOnChanges: ['#initerror', 'healthcheck', 'tmpfs', 'init'],
  // The name is fixed, so the old container is deleted first.
  deleteBeforeReplace: true,
} satisfies pulumi.CustomResourceOptions;

/** The health check of a container or, with its durations in short form, of a Swarm service. */
export function healthcheckArgs(health: ServiceHealthCheck, duration = goDuration) {
  return {
    tests: ['CMD', ...health.test],
    interval: duration(health.intervalSeconds),
    timeout: duration(health.timeoutSeconds),
    startPeriod: duration(health.startSeconds),
    retries: health.retries,
  };
}

/** The labels of the service's own, in the provider's shape. */
export function labelArgs({ name, labels }: Pick<ServiceSpec, 'name' | 'labels'>) {
  return [
    { label: 'nightshift.service', value: name },
    ...Object.entries(labels).map(([label, value]) => ({ label, value })),
  ];
}

/** A duration as the provider reads it back of a Swarm service: 10m, where Go prints 10m0s. */
export function shortDuration(seconds: number): string {
  return goDuration(seconds).replace(/m0s$/, 'm').replace(/h0m$/, 'h');
}

/** A duration as Go prints it, which is how the provider reads it back of a container: 1m0s. */
function goDuration(seconds: number): string {
  const minutes = Math.floor((seconds % 3600) / 60);
  const hours = Math.floor(seconds / 3600);
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}

function assignments(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment)
    .map(([name, value]) => `${name}=${value}`)
    .sort();
}
