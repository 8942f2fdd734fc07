import type { ServiceArgs } from '@pulumi/docker';
import type { Unwrap } from '@pulumi/pulumi';
import { nanoseconds } from './duration.ts';
import { labelsOf } from './simple-resources.ts';

export type ServiceInputs = Unwrap<ServiceArgs>;

const fileNames = { fileName: true, fileUid: true, fileGid: true, fileMode: true } as const;
const rollout = {
  parallelism: true,
  delay: true,
  failureAction: true,
  monitor: true,
  maxFailureRatio: true,
  order: true,
} as const;

/** What the stand-in knows of a service's task. */
export const taskNames = {
  containerSpec: {
    image: true,
    args: true,
    commands: true,
    env: true,
    user: true,
    readOnly: true,
    capDrops: true,
    labels: { label: true, value: true },
    mounts: { type: true, source: true, target: true, readOnly: true, tmpfsOptions: { mode: true, sizeBytes: true } },
    secrets: { secretId: true, secretName: true, ...fileNames },
    configs: { configId: true, configName: true, ...fileNames },
    healthcheck: { tests: true, interval: true, timeout: true, startPeriod: true, retries: true },
    stopGracePeriod: true,
    hosts: { host: true, ip: true },
    init: true,
  },
  networksAdvanceds: { name: true, id: true, aliases: true },
  placement: { constraints: true, maxReplicas: true },
  resources: {
    limits: { memoryBytes: true, nanoCpus: true },
    reservation: { memoryBytes: true, nanoCpus: true },
  },
  restartPolicy: { condition: true, delay: true, maxAttempts: true, window: true },
  logDriver: { name: true, options: true },
  forceUpdate: true,
  runtime: true,
} as const;

export const rolloutNames = rollout;

/** The engine's request for a Swarm service, as terraform-provider-docker composes it. */
export function serviceRequest(inputs: ServiceInputs, name: string): object {
  const { taskSpec, mode, endpointSpec } = inputs;
  const { limits, reservation } = taskSpec.resources ?? {};
  return {
    Name: name,
    Labels: labelsOf(inputs.labels),
    TaskTemplate: {
      ContainerSpec: containerSpec(taskSpec.containerSpec),
      Networks: taskSpec.networksAdvanceds?.map(({ name: net, id, aliases }) => ({
        Target: id ?? net,
        Aliases: aliases,
      })),
      Placement: {
        Constraints: taskSpec.placement?.constraints ?? [],
        MaxReplicas: taskSpec.placement?.maxReplicas ?? 0,
      },
      Resources: {
        Limits: { MemoryBytes: limits?.memoryBytes ?? 0, NanoCPUs: limits?.nanoCpus ?? 0 },
        Reservations: { MemoryBytes: reservation?.memoryBytes ?? 0, NanoCPUs: reservation?.nanoCpus ?? 0 },
      },
      RestartPolicy: taskSpec.restartPolicy && {
        Condition: taskSpec.restartPolicy.condition ?? 'any',
        Delay: nanoseconds(taskSpec.restartPolicy.delay ?? '5s'),
        MaxAttempts: taskSpec.restartPolicy.maxAttempts ?? 0,
        Window: nanoseconds(taskSpec.restartPolicy.window ?? '0s'),
      },
      LogDriver: taskSpec.logDriver && { Name: taskSpec.logDriver.name, Options: taskSpec.logDriver.options },
      ForceUpdate: taskSpec.forceUpdate ?? 0,
    },
    Mode: mode?.global ? { Global: {} } : { Replicated: { Replicas: mode?.replicated?.replicas ?? 1 } },
    UpdateConfig: rolloutOf(inputs.updateConfig),
    RollbackConfig: rolloutOf(inputs.rollbackConfig),
    EndpointSpec: {
      Mode: endpointSpec?.mode ?? 'vip',
      Ports: endpointSpec?.ports?.map((port) => ({
        Protocol: port.protocol ?? 'tcp',
        TargetPort: port.targetPort,
        PublishedPort: port.publishedPort,
        PublishMode: port.publishMode ?? 'ingress',
      })),
    },
  };
}

function containerSpec(spec: ServiceInputs['taskSpec']['containerSpec']): object {
  const { healthcheck } = spec;
  return {
    Image: spec.image,
    Args: spec.args,
    Command: spec.commands,
    Env: Object.entries(spec.env ?? {}).map(([name, value]) => `${name}=${value}`),
    User: spec.user,
    ReadOnly: spec.readOnly ?? false,
    CapabilityDrop: spec.capDrops,
    Labels: labelsOf(spec.labels),
    Init: spec.init,
    Hosts: spec.hosts?.map(({ host, ip }) => `${ip} ${host}`),
    StopGracePeriod: spec.stopGracePeriod && nanoseconds(spec.stopGracePeriod),
    Mounts: spec.mounts?.map(({ type, source, target, readOnly = false, tmpfsOptions }) => ({
      Type: type,
      Source: source,
      Target: target,
      ReadOnly: readOnly,
      ...(tmpfsOptions ? { TmpfsOptions: { Mode: tmpfsOptions.mode, SizeBytes: tmpfsOptions.sizeBytes } } : {}),
    })),
    Secrets: spec.secrets?.map((file) => ({
      SecretID: file.secretId,
      SecretName: file.secretName,
      File: fileOf(file),
    })),
    Configs: spec.configs?.map((file) => ({
      ConfigID: file.configId,
      ConfigName: file.configName,
      File: fileOf(file),
    })),
    Healthcheck: healthcheck && {
      Test: healthcheck.tests,
      Interval: nanoseconds(healthcheck.interval ?? '0s'),
      Timeout: nanoseconds(healthcheck.timeout ?? '0s'),
      StartPeriod: nanoseconds(healthcheck.startPeriod ?? '0s'),
      Retries: healthcheck.retries ?? 0,
    },
  };
}

type MountedFile = { fileName: string; fileUid?: string; fileGid?: string; fileMode?: number };

function fileOf({ fileName, fileUid = '0', fileGid = '0', fileMode = 0o444 }: MountedFile): object {
  return { Name: fileName, UID: fileUid, GID: fileGid, Mode: fileMode };
}

type Rollout = ServiceInputs['updateConfig'] | ServiceInputs['rollbackConfig'];

function rolloutOf(config: Rollout): object | undefined {
  return (
    config && {
      Parallelism: config.parallelism ?? 1,
      Delay: nanoseconds(config.delay ?? '0s'),
      FailureAction: config.failureAction ?? 'pause',
      Monitor: nanoseconds(config.monitor ?? '5s'),
      MaxFailureRatio: Number(config.maxFailureRatio ?? '0.0'),
      Order: config.order ?? 'stop-first',
    }
  );
}
