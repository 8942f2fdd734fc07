import type { ServiceArgs } from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import { environmentOf, type KnownSpec } from '../docker-run.ts';
import type { ServiceSpec } from '../services.ts';
import { duration, logs } from './container.ts';

/** A Docker secret or config, and the file it becomes in the container. */
export type SwarmFile = {
  readonly name: string;
  readonly id: pulumi.Input<string>;
  readonly objectName: pulumi.Input<string>;
};

export type SwarmFacts = {
  readonly image: pulumi.Input<string>;
  readonly known: pulumi.Output<KnownSpec>;
  readonly secrets: readonly SwarmFile[];
  readonly configs: readonly SwarmFile[];
  /** Where the disk is; null: any manager. */
  readonly node: string | null;
  readonly healthTimeoutSeconds: number;
};

const rollout = { parallelism: 1, order: 'stop-first', monitor: '30s', maxFailureRatio: '0.0' } as const;

/** A service on many machines: ServiceSpec -> docker.Service, with Swarm's own rollback. */
export function swarmArgs(spec: ServiceSpec, facts: SwarmFacts): ServiceArgs {
  const { health, publish } = spec;
  const owned = { fileUid: '1000', fileGid: '1000', fileMode: 0o400 };
  return {
    name: spec.name,
    labels: [{ label: 'nightshift.service', value: spec.name }],
    mode: { replicated: { replicas: 1 } },
    taskSpec: {
      containerSpec: {
        image: facts.image,
        args: [...spec.command],
        env: facts.known.apply(environmentOf),
        user: spec.user,
        readOnly: true,
        capDrops: ['ALL'],
        init: true,
        stopGracePeriod: duration(spec.stopSeconds),
        mounts: [
          ...spec.mounts.map((mount) => ({ type: 'bind', ...mount })),
          ...Object.keys(spec.tmpfs).map((target) => ({
            type: 'tmpfs',
            target,
            tmpfsOptions: { sizeBytes: 67_108_864 },
          })),
        ],
        secrets: facts.secrets.map(({ name, id, objectName }) => ({
          secretId: id,
          secretName: objectName,
          fileName: `/run/secrets/${name}`,
          ...owned,
        })),
        configs: facts.configs.map(({ name, id, objectName }) => ({
          configId: id,
          configName: objectName,
          fileName: `/etc/nightshift/${name}`,
          ...owned,
        })),
        healthcheck: {
          tests: ['CMD', ...health.test],
          interval: duration(health.intervalSeconds),
          timeout: duration(health.timeoutSeconds),
          startPeriod: duration(health.startSeconds),
          retries: health.retries,
        },
        labels: [
          { label: 'nightshift.service', value: spec.name },
          ...Object.entries(spec.labels).map(([label, value]) => ({ label, value })),
        ],
      },
      // The disk hangs on one machine.
      placement: { constraints: [facts.node === null ? 'node.role==manager' : `node.hostname==${facts.node}`] },
      resources: { limits: { memoryBytes: spec.memoryMiB * 1_048_576 } },
      restartPolicy: { condition: 'any', delay: '5s' },
      networksAdvanceds: spec.networks.map((name) => ({ name, aliases: [spec.name] })),
      logDriver: { name: logs.driver, options: logs.options },
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
    convergeConfig: { delay: '2s', timeout: duration(facts.healthTimeoutSeconds) },
  };
}
