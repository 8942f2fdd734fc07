import type Docker from 'dockerode';
import type { StandInContainerInputs } from './container-inputs.ts';
import { nanoseconds } from './duration.ts';

const mebibyte = 1024 * 1024;

/** The engine's request for a container, as terraform-provider-docker composes it. */
export function containerRequest(inputs: StandInContainerInputs): Docker.ContainerCreateOptions {
  const { healthcheck, ports = [] } = inputs;
  return {
    name: inputs.name,
    Image: inputs.image,
    Cmd: inputs.command,
    Entrypoint: inputs.entrypoints,
    Env: inputs.envs,
    User: inputs.user,
    StopTimeout: inputs.stopTimeout,
    StopSignal: inputs.stopSignal,
    Labels: Object.fromEntries((inputs.labels ?? []).map(({ label, value }) => [label, value])),
    ExposedPorts: Object.fromEntries(ports.map((port) => [portName(port), {}])),
    Healthcheck: healthcheck && {
      Test: healthcheck.tests,
      Interval: nanoseconds(healthcheck.interval ?? '0s'),
      Timeout: nanoseconds(healthcheck.timeout ?? '0s'),
      StartPeriod: nanoseconds(healthcheck.startPeriod ?? '0s'),
      Retries: healthcheck.retries ?? 0,
    },
    HostConfig: {
      CapAdd: inputs.capabilities?.adds,
      CapDrop: inputs.capabilities?.drops,
      ExtraHosts: inputs.hosts?.map(({ host, ip }) => `${host}:${ip}`),
      GroupAdd: inputs.groupAdds,
      Init: inputs.init ?? false,
      LogConfig: { Type: inputs.logDriver ?? 'json-file', Config: inputs.logOpts ?? {} },
      Memory: (inputs.memory ?? 0) * mebibyte,
      MemorySwap: bytesOf(inputs.memorySwap),
      Mounts: inputs.mounts?.map(({ type, source = '', target, readOnly = false }) => ({
        Type: type as Docker.MountType,
        Source: source,
        Target: target,
        ReadOnly: readOnly,
      })),
      NetworkMode: inputs.networkMode,
      PortBindings: Object.fromEntries(
        ports.map((port) => [
          portName(port),
          [{ HostIp: port.ip ?? '0.0.0.0', HostPort: String(port.external ?? '') }],
        ]),
      ),
      ReadonlyRootfs: inputs.readOnly ?? false,
      RestartPolicy: { Name: inputs.restart ?? 'no', MaximumRetryCount: inputs.maxRetryCount ?? 0 },
      SecurityOpt: inputs.securityOpts,
      Tmpfs: inputs.tmpfs,
    },
  };
}

/** What an update may change of a running container: `docker update`. */
export function updateRequest(inputs: StandInContainerInputs): object {
  return {
    Memory: (inputs.memory ?? 0) * mebibyte,
    ...(inputs.memorySwap ? { MemorySwap: bytesOf(inputs.memorySwap) } : {}),
    RestartPolicy: { Name: inputs.restart ?? 'no', MaximumRetryCount: inputs.maxRetryCount ?? 0 },
  };
}

/** -1 is no limit, and no number of mebibytes. */
function bytesOf(mebibytes: number | undefined): number | undefined {
  return mebibytes !== undefined && mebibytes > 0 ? mebibytes * mebibyte : mebibytes;
}

function portName({ internal, protocol = 'tcp' }: { internal: number; protocol?: string | undefined }): string {
  return `${internal}/${protocol}`;
}
