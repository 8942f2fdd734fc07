import Docker from 'dockerode';
import { Failure, systemCodeOf } from '../platform/errors.ts';
import type { Container, Engine, Health, Mount, SwarmService, Tasks } from './engine.ts';

const answerSeconds = 20;
const defaultStopSeconds = 10;

/**
 * The engine at `address` (as DOCKER_HOST has it; null: /var/run/docker.sock). Nothing is connected yet. Throws
 * ARGUMENT_INVALID for an address it cannot use.
 */
export function dockerEngine(address: string | null): Engine {
  const where = address ?? 'unix:///var/run/docker.sock';
  const docker = new Docker(connectionOf(where));
  const call = <T>(
    what: string,
    request: (limit: { abortSignal: AbortSignal }) => Promise<T>,
    seconds = answerSeconds,
  ) =>
    request({ abortSignal: AbortSignal.timeout(seconds * 1000) }).catch((error) => {
      throw translated(error, what, where);
    });
  const inspect = (id: string) => call(`look at container ${id}`, (limit) => docker.getContainer(id).inspect(limit));

  async function facts(id: string, volumes: VolumeFolders): Promise<Container | null> {
    try {
      return containerOf(await inspect(id), volumes);
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  }

  /** Where each volume lies on the host: its own folder, and the one behind it when made with `--opt o=bind`. */
  async function volumeFolders(): Promise<VolumeFolders> {
    const { Volumes } = await call('list volumes', (limit) => docker.listVolumes(limit));
    return new Map(
      (Volumes ?? []).map(({ Name, Mountpoint, Options }) => [Name, [Mountpoint, Options?.['device'] ?? '']]),
    );
  }

  return {
    address: where,
    async containers() {
      const volumes = await volumeFolders();
      const all = await call('list containers', (limit) => docker.listContainers({ all: true, ...limit }));
      const found = await Promise.all(all.map(({ Id }) => facts(Id, volumes)));
      return found.filter((container) => container !== null);
    },
    container: (id) => facts(id, new Map()),
    async swarmServices() {
      const info = await call('ask its state', (limit) => (docker as SwarmAsker).info(limit));
      if (info.Swarm?.ControlAvailable !== true) return [];
      const volumes = await volumeFolders();
      const services = await call('list Swarm services', (limit) => docker.listServices(limit));
      return services.map((service) => swarmServiceOf(service, volumes));
    },
    async setRestartPolicy(id, policy) {
      await unlessGone(
        call(`set the restart policy of ${id}`, (limit) =>
          docker.getContainer(id).update({ RestartPolicy: policy, ...limit }),
        ),
      );
    },
    async stop(id, timeoutSeconds) {
      const stop = call(`stop ${id}`, (limit) => docker.getContainer(id).stop(limit), timeoutSeconds + 60);
      await unlessGone(stop, 304);
    },
    async start(id) {
      await unlessStatus(
        call(`start ${id}`, (limit) => docker.getContainer(id).start(limit), 60),
        304,
      );
    },
    async scale(id, replicas) {
      await call(`scale ${id} to ${replicas}`, async (limit) => {
        const service = docker.getService(id);
        const { Spec, Version } = await service.inspect(limit);
        const mode = { Replicated: { Replicas: replicas } };
        await service.update({ ...Spec, Mode: mode, version: Version.Index, ...limit });
      });
    },
    async tasks(id, since) {
      const filters = JSON.stringify({ service: [id] });
      const tasks = await call(`list tasks of ${id}`, (limit) => docker.listTasks({ filters, ...limit }));
      return tasksOf(tasks as unknown as Task[], since);
    },
  };
}

/** What the client's types leave out: a limit for `info`, a container's stop timeout, what a task says. */
type SwarmAsker = { info(limit: object): Promise<{ Swarm?: { ControlAvailable?: boolean } }> };
type StopTimeout = { readonly Image: string; readonly StopTimeout?: number };
type Task = { readonly CreatedAt?: string; readonly Status?: { readonly State?: string; readonly Err?: string } };

type VolumeFolders = ReadonlyMap<string, readonly string[]>;

function connectionOf(address: string): Docker.DockerOptions {
  if (address.startsWith('unix://')) return { socketPath: address.slice('unix://'.length), host: undefined };
  const tcp = URL.parse(address);
  if (tcp?.protocol === 'tcp:' || tcp?.protocol === 'http:') {
    return { protocol: 'http', host: tcp.hostname, port: tcp.port || 2375 };
  }
  throw new Failure(
    'ARGUMENT_INVALID',
    `DOCKER_HOST is "${address}", which restore cannot use.`,
    'Set it to unix:///path/of/docker.sock or tcp://host:2375, or leave it out for /var/run/docker.sock.',
  );
}

function containerOf(info: Docker.ContainerInspectInfo, volumes: VolumeFolders): Container {
  const { State: state, Config: config, HostConfig: host } = info;
  const check = config.Healthcheck;
  const lastCheck = state.Health?.Log?.at(-1)?.Output?.trim() ?? '';
  const ended = state.Error || `exited with code ${state.ExitCode}${state.OOMKilled ? ', out of memory' : ''}`;
  return {
    id: info.Id,
    name: info.Name.replace(/^\//, ''),
    labels: config.Labels ?? {},
    state: stateOf(state),
    removedWhenStopped: host.AutoRemove === true,
    restartPolicy: {
      Name: host.RestartPolicy?.Name || 'no',
      MaximumRetryCount: host.RestartPolicy?.MaximumRetryCount ?? 0,
    },
    stopTimeoutSeconds: (config as StopTimeout).StopTimeout ?? defaultStopSeconds,
    health: (state.Health?.Status as Health | undefined) ?? 'none',
    healthSeconds: state.Health === undefined || check === undefined ? null : healthSecondsOf(check),
    remark: state.Running ? lastCheck : ended,
    mounts: info.Mounts.map(({ Type, Name, Source, Destination, RW }) =>
      mountOf(Type === 'volume' ? Name : undefined, Source, Destination, RW, volumes),
    ),
  };
}

function stateOf(state: Docker.ContainerInspectInfo['State']): Container['state'] {
  if (state.Restarting) return 'restarting';
  if (state.Paused) return 'paused';
  return state.Running ? 'running' : 'off';
}

type HealthCheck = {
  StartPeriod?: number | undefined;
  Interval?: number | undefined;
  Timeout?: number | undefined;
  Retries?: number | undefined;
};

/** Engine defaults: 30 s between checks, 30 s for one, 3 tries. Durations come in nanoseconds. */
function healthSecondsOf(check: HealthCheck): number {
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
): Mount {
  const behind = volume === undefined ? [] : (volumes.get(volume) ?? []);
  const sources = [source ?? '', ...behind].filter((path) => path.startsWith('/'));
  return { sources: [...new Set(sources)], destination, writable };
}

function swarmServiceOf(service: Docker.Service, volumes: VolumeFolders): SwarmService {
  const spec = service.Spec;
  const task: Docker.ContainerTaskSpec | undefined =
    spec?.TaskTemplate && 'ContainerSpec' in spec.TaskTemplate ? spec.TaskTemplate : undefined;
  const container = task?.ContainerSpec;
  return {
    id: service.ID,
    name: spec?.Name ?? service.ID,
    labels: { ...spec?.Labels, ...container?.Labels },
    replicas: spec?.Mode?.Replicated?.Replicas ?? null,
    stopTimeoutSeconds: container?.StopGracePeriod ? container.StopGracePeriod / 1e9 : defaultStopSeconds,
    healthSeconds: container?.HealthCheck ? healthSecondsOf(container.HealthCheck) : null,
    mounts: (container?.Mounts ?? []).map(({ Type, Source, Target, ReadOnly }) =>
      mountOf(Type === 'volume' ? Source : undefined, Source, Target ?? '', ReadOnly !== true, volumes),
    ),
  };
}

const ended = new Set(['complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned']);

function tasksOf(tasks: readonly Task[], since: Temporal.Instant): Tasks {
  const stateIn = (task: Task) => task.Status?.State ?? '';
  const recent = tasks.filter(
    ({ CreatedAt }) => Temporal.Instant.compare(Temporal.Instant.from(CreatedAt ?? ''), since) >= 0,
  );
  const failed = recent.filter((task) => ['failed', 'rejected'].includes(stateIn(task)));
  return {
    live: tasks.filter((task) => !ended.has(stateIn(task))).length,
    running: tasks.filter((task) => stateIn(task) === 'running').length,
    failed: failed.length,
    remark: failed.at(-1)?.Status?.Err ?? '',
  };
}

function statusOf(error: unknown): number | null {
  const cause = error instanceof Failure ? error.cause : error;
  return cause instanceof Error && 'statusCode' in cause && typeof cause.statusCode === 'number'
    ? cause.statusCode
    : null;
}

async function unlessStatus(work: Promise<unknown>, ...fine: number[]): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!fine.includes(statusOf(error) ?? 0)) throw error;
  }
}

const unlessGone = (work: Promise<unknown>, ...fine: number[]) => unlessStatus(work, 404, ...fine);

function translated(error: unknown, what: string, address: string): Failure {
  const status = statusOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (status !== null) {
    return new Failure(
      'DOCKER_FAILED',
      `Docker at ${address} could not ${what}: ${message.replace(/^\(HTTP code \d+\) /, '')}`,
      'Look at `docker ps -a` and `docker logs`; put right what it says and run the command again.',
      error,
    );
  }
  const denied = systemCodeOf(error) === 'EACCES';
  return new Failure(
    'DOCKER_UNREACHABLE',
    `Docker at ${address} does not answer (${systemCodeOf(error) ?? message}).`,
    denied
      ? 'Run it as root, or as a user of the group that owns the socket.'
      : 'Start Docker (`systemctl start docker`), or mount its socket (-v /var/run/docker.sock:/var/run/docker.sock).',
    error,
  );
}
