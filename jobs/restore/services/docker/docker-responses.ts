import type Docker from 'dockerode';
import type {
  DockerContainer,
  DockerHealth,
  DockerMount,
  PathStat,
  SharedNamespace,
  SwarmService,
  SwarmTasks,
} from './docker-engine.ts';

const defaultStopSeconds = 10;

/** Where each volume is on the host: its own folder, and the one behind it when made with `--opt o=bind`. */
export type VolumeFolders = ReadonlyMap<string, readonly string[]>;

/** `docker inspect` of a container as what restore needs of it. */
export function containerOf(info: Docker.ContainerInspectInfo, volumes: VolumeFolders): DockerContainer {
  const { State: state, Config: config, HostConfig: host } = info;
  const check = config.Healthcheck;
  const lastCheck = state.Health?.Log?.at(-1)?.Output?.trim() ?? '';
  const ended = state.Error || `exited with code ${state.ExitCode}${state.OOMKilled ? ', out of memory' : ''}`;
  return {
    id: info.Id,
    name: info.Name.replace(/^\//, ''),
    labels: config.Labels ?? {},
    state: stateOf(state),
    startedAt: Temporal.Instant.from(state.StartedAt),
    lastRestartAt: info.RestartCount > 0 ? Temporal.Instant.from(state.StartedAt) : null,
    exitCode: state.Running || state.Error ? null : state.ExitCode,
    pid: state.Running ? state.Pid : null,
    networkMode: host.NetworkMode ?? '',
    shares: sharedNamespaces(host),
    removedWhenStopped: host.AutoRemove === true,
    restartPolicy: {
      Name: host.RestartPolicy?.Name || 'no',
      MaximumRetryCount: host.RestartPolicy?.MaximumRetryCount ?? 0,
    },
    stopTimeoutSeconds: stopTimeoutOf(config),
    health: (state.Health?.Status as DockerHealth | undefined) ?? 'none',
    healthSeconds: state.Health === undefined || check === undefined ? null : healthSecondsOf(check),
    remark: state.Running ? lastCheck : ended,
    mounts: info.Mounts.map(({ Type, Name, Source, Destination, RW }) =>
      mountOf(Type === 'volume' ? Name : undefined, Source, Destination, RW, volumes),
    ),
  };
}

function sharedNamespaces({ NetworkMode, PidMode, IpcMode }: Docker.HostConfig): SharedNamespace[] {
  const modes = [
    { kind: 'network', mode: NetworkMode },
    { kind: 'processes', mode: PidMode },
    { kind: 'IPC', mode: IpcMode },
  ] as const;
  return modes.flatMap(({ kind, mode }) => {
    const of = /^container:(.+)$/.exec(mode ?? '')?.[1];
    return of === undefined ? [] : { of, kind };
  });
}

function stateOf(state: Docker.ContainerInspectInfo['State']): DockerContainer['state'] {
  if (state.Restarting) return 'restarting';
  if (state.Paused) return 'paused';
  return state.Running ? 'running' : 'off';
}

/** `StopTimeout` is missing from the client's types. A negative one means for ever: an hour then. */
function stopTimeoutOf(config: object): number {
  if (!('StopTimeout' in config) || typeof config.StopTimeout !== 'number') return defaultStopSeconds;
  return config.StopTimeout < 0 ? 3600 : config.StopTimeout;
}

type DockerHealthCheck = {
  StartPeriod?: number | undefined;
  Interval?: number | undefined;
  Timeout?: number | undefined;
  Retries?: number | undefined;
};

/** Engine defaults: 30 s between checks, 30 s for one, 3 tries. Durations come in nanoseconds. */
function healthSecondsOf(check: DockerHealthCheck): number {
  const seconds = (nanoseconds: number | undefined, otherwise: number) => (nanoseconds || otherwise * 1e9) / 1e9;
  const oneCheck = seconds(check.Interval, 30) + seconds(check.Timeout, 30);
  return Math.ceil(seconds(check.StartPeriod, 0) + oneCheck * (check.Retries || 3));
}

function mountOf(
  volume: string | undefined,
  source: string | undefined,
  destination: string,
  writable: boolean,
  volumes: VolumeFolders,
): DockerMount {
  const behind = volume === undefined ? [] : (volumes.get(volume) ?? []);
  const sources = [source ?? '', ...behind].filter((path) => path.startsWith('/'));
  return { sources: [...new Set(sources)], destination, writable };
}

/** The header that answers `HEAD /containers/ID/archive`: JSON in base64; `mode` is Go's, with its own bits for kinds. */
export function pathStatOf(header: string): PathStat {
  const { size, mode, mtime }: { size: number; mode: number; mtime: string } = JSON.parse(
    Buffer.from(header, 'base64').toString(),
  );
  const [folder, symbolicLink] = [2 ** 31, 2 ** 27];
  const has = (bit: number) => Math.floor(mode / bit) % 2 === 1;
  return { mayBeFolder: has(folder) || has(symbolicLink), bytes: size, changedAt: Temporal.Instant.from(mtime) };
}

/** Whether a Swarm service is a job, which the client's types leave out: its tasks run until they end with code 0. */
export function isSwarmJob(service: Docker.Service): boolean {
  const mode = service.Spec?.Mode ?? {};
  return 'ReplicatedJob' in mode || 'GlobalJob' in mode;
}

/** `docker service inspect` as what restore needs of it. `runningJob`: as there. */
export function swarmServiceOf(
  service: Docker.Service,
  volumes: VolumeFolders,
  runningJob: boolean | null,
): SwarmService {
  const spec = service.Spec;
  const task: Docker.ContainerTaskSpec | undefined =
    spec?.TaskTemplate && 'ContainerSpec' in spec.TaskTemplate ? spec.TaskTemplate : undefined;
  const container = task?.ContainerSpec;
  return {
    id: service.ID,
    name: spec?.Name ?? service.ID,
    labels: { ...spec?.Labels, ...container?.Labels },
    replicas: spec?.Mode?.Replicated?.Replicas ?? null,
    runningJob,
    restartCondition: restartConditions.find((one) => one === task?.RestartPolicy?.Condition) ?? 'any',
    stopTimeoutSeconds: container?.StopGracePeriod ? container.StopGracePeriod / 1e9 : defaultStopSeconds,
    healthSeconds: container?.HealthCheck ? healthSecondsOf(container.HealthCheck) : null,
    mounts: (container?.Mounts ?? []).map(({ Type, Source, Target, ReadOnly }) =>
      mountOf(Type === 'volume' ? Source : undefined, Source, Target ?? '', ReadOnly !== true, volumes),
    ),
  };
}

const restartConditions = ['any', 'on-failure', 'none'] as const;

const ended = new Set(['complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned']);

/** The engine's `Task`, as far as it is used; the client's types leave it out. */
export type SwarmTask = {
  readonly CreatedAt?: string;
  readonly Status?: { readonly State?: string; readonly Err?: string };
};

/** Counts a Swarm service's tasks; those that ended only of those made from `since` on. */
export function tasksOf(tasks: readonly SwarmTask[], since: Temporal.Instant): SwarmTasks {
  const stateIn = (task: SwarmTask) => task.Status?.State ?? '';
  const recent = tasks.filter(
    ({ CreatedAt }) => Temporal.Instant.compare(Temporal.Instant.from(CreatedAt ?? ''), since) >= 0,
  );
  const failed = recent.filter((task) => ['failed', 'rejected'].includes(stateIn(task)));
  return {
    live: tasks.filter((task) => !ended.has(stateIn(task))).length,
    running: tasks.filter((task) => stateIn(task) === 'running').length,
    complete: recent.filter((task) => stateIn(task) === 'complete').length,
    failed: failed.length,
    remark: failed.at(-1)?.Status?.Err ?? '',
  };
}
