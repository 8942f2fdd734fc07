import type { ServiceArgs } from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import { environmentOf, type ResolvedSpec } from '../resolved-spec.ts';
import type { ServiceSpec } from '../service-specs.ts';
import { healthcheckArgs, labelArgs, logOptions, shortDuration } from './container-args.ts';

/** A Swarm secret or config, and the name of its file in the container. */
export type SwarmFile = {
  readonly name: string;
  readonly id: pulumi.Input<string>;
  readonly objectName: pulumi.Input<string>;
};

/** What a Swarm service needs beside its spec. */
export type SwarmInputs = {
  readonly image: pulumi.Input<string>;
  readonly resolved: pulumi.Output<ResolvedSpec>;
  readonly secrets: readonly SwarmFile[];
  readonly configs: readonly SwarmFile[];
  /** Ids: the provider reads back nothing else, and replaces a service whose networks have names. */
  readonly networks: readonly pulumi.Input<string>[];
  /** The node with the disk; null: any manager. */
  readonly node: string | null;
  readonly healthTimeoutSeconds: number;
};

const rollout = { parallelism: 1, order: 'stop-first', monitor: '30s', maxFailureRatio: '0.0' } as const;

/** ServiceSpec -> docker.Service, with Swarm's own rollback. */
export function swarmArgs(spec: ServiceSpec, inputs: SwarmInputs): ServiceArgs {
  const { health, publish } = spec;
  const owned = { fileUid: '1000', fileGid: '1000', fileMode: 0o400 };
  return {
    name: spec.name,
    labels: [{ label: 'nightshift.service', value: spec.name }],
    mode: { replicated: { replicas: 1 } },
    taskSpec: {
      containerSpec: {
        image: inputs.image,
        args: [...spec.command],
        env: inputs.resolved.apply(environmentOf),
        user: spec.user,
        readOnly: true,
        capDrops: ['ALL'],
        init: true,
        stopGracePeriod: shortDuration(spec.stopSeconds),
        mounts: [
          ...spec.mounts.map((mount) => ({ type: 'bind', ...mount })),
          ...Object.keys(spec.tmpfs).map((target) => ({
            type: 'tmpfs',
            target,
            tmpfsOptions: { sizeBytes: 67_108_864 },
          })),
        ],
        secrets: inputs.secrets.map(({ name, id, objectName }) => ({
          secretId: id,
          secretName: objectName,
          fileName: `/run/secrets/${name}`,
          ...owned,
        })),
        configs: inputs.configs.map(({ name, id, objectName }) => ({
          configId: id,
          configName: objectName,
          fileName: `/etc/nightshift/${name}`,
          ...owned,
        })),
        healthcheck: healthcheckArgs(health, shortDuration),
        labels: labelArgs(spec),
      },
      // The disk is attached to one node.
      placement: { constraints: [inputs.node === null ? 'node.role==manager' : `node.hostname==${inputs.node}`] },
      resources: { limits: { memoryBytes: spec.memoryMiB * 1_048_576 } },
      restartPolicy: { condition: 'any', delay: '5s' },
      networksAdvanceds: inputs.networks.map((id) => ({ id, aliases: [spec.name] })),
      logDriver: { name: logOptions.driver, options: logOptions.options },
    },
    ...(publish === null
      ? {}
      : {
          endpointSpec: {
            ports: [{ targetPort: publish.internal, publishedPort: publish.external, publishMode: 'host' }],
          },
        }),
    updateConfig: { ...rollout, failureAction: 'rollback' },
    rollbackConfig: { ...rollout, failureAction: 'pause' },
    convergeConfig: { delay: '2s', timeout: shortDuration(inputs.healthTimeoutSeconds) },
  };
}
