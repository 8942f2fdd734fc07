import type { ContainerArgs } from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import { bindsOf, environmentOf, type Folders, type KnownSpec } from '../docker-run.ts';
import type { ServiceSpec } from '../services.ts';

/** What a container needs beside its spec. */
export type ContainerFacts = {
  readonly folders: Folders;
  readonly image: pulumi.Input<string>;
  readonly known: pulumi.Output<KnownSpec>;
  /** Of the secrets' and files' content: a new secret replaces the container. */
  readonly contentHash: pulumi.Input<string>;
  /** Changes when the host is another: then `up --refresh` makes the containers anew. */
  readonly hostId: pulumi.Input<string>;
};

export const logs = { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } } as const;

/** A service on one machine: ServiceSpec -> docker.Container. */
export function containerArgs(spec: ServiceSpec, facts: ContainerFacts): ContainerArgs {
  const { health, publish } = spec;
  return {
    name: spec.name,
    image: facts.image,
    command: [...spec.command],
    // The provider never reads them back, and would show them in every preview.
    envs: pulumi.secret(facts.known.apply((known) => assignments(environmentOf(known)))),
    user: spec.user,
    readOnly: true,
    capabilities: { drops: ['ALL'] },
    securityOpts: ['no-new-privileges'],
    init: true,
    memory: spec.memoryMiB,
    restart: 'unless-stopped',
    // Without a grace the provider kills at once; with it a running backup ends first.
    destroyGraceSeconds: spec.stopSeconds,
    stopTimeout: spec.stopSeconds,
    // Left out, the provider sees a difference at every preview.
    networkMode: spec.networks[0] ?? 'bridge',
    networksAdvanced: spec.networks.map((name) => ({ name, aliases: [spec.name] })),
    // `mounts` never makes a folder: an unmounted disk stops the service instead of giving it an empty database.
    mounts: bindsOf(spec, facts.folders).map((mount) => ({ type: 'bind', ...mount })),
    tmpfs: Object.fromEntries(Object.entries(spec.tmpfs).map(([folder, size]) => [folder, `size=${size}`])),
    ...(publish === null ? {} : { ports: [{ ...publish, protocol: 'tcp' }] }),
    healthcheck: {
      tests: ['CMD', ...health.test],
      interval: duration(health.intervalSeconds),
      timeout: duration(health.timeoutSeconds),
      startPeriod: duration(health.startSeconds),
      retries: health.retries,
    },
    logDriver: logs.driver,
    logOpts: logs.options,
    labels: [
      { label: 'nightshift.content', value: facts.contentHash },
      { label: 'nightshift.host', value: facts.hostId },
      { label: 'nightshift.service', value: spec.name },
      ...Object.entries(spec.labels).map(([label, value]) => ({ label, value })),
    ],
  };
}

/** Health check, tmpfs and init are no reason to replace for the provider, nor does it update them. */
export const containerOptions = {
  replaceOnChanges: ['#initerror', 'healthcheck', 'tmpfs', 'init'],
  // Names are fixed, so the old one goes first.
  deleteBeforeReplace: true,
} satisfies pulumi.CustomResourceOptions;

/** As Go prints it, which is how the provider reads it back: 1m0s. */
export function duration(seconds: number): string {
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
