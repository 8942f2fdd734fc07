import Docker from 'dockerode';
import pRetry from 'p-retry';
import { Failure } from '../../../runtime/errors.ts';
import type { DockerContainer, DockerEngine, SwarmTasks } from './docker-engine.ts';
import { dockerFailure, statusOf } from './docker-failure.ts';
import {
  containerOf,
  isSwarmJob,
  pathStatOf,
  type SwarmTask,
  swarmServiceOf,
  tasksOf,
  type VolumeFolders,
} from './docker-responses.ts';

/**
 * The engine at `address` (as DOCKER_HOST has it; null: /var/run/docker.sock). Nothing is connected yet; a question is
 * answered within `answerSeconds` or not at all. Throws ARGUMENT_INVALID for an address it cannot use.
 */
export function createDockerEngine(address: string | null, answerSeconds = 20): DockerEngine {
  const where = address ?? 'unix:///var/run/docker.sock';
  return engineOf(new Docker(connectionOf(where)), where, answerSeconds, null);
}

/** `stop` ends every call; null: none is, whatever the process is asked to do. */
function engineOf(docker: Docker, where: string, answerSeconds: number, stop: AbortSignal | null): DockerEngine {
  const call = async <T>(what: string, request: (limit: CallLimit) => Promise<T>, seconds = answerSeconds) => {
    stop?.throwIfAborted();
    const limit = AbortSignal.timeout(seconds * 1000);
    const abortSignal = stop === null ? limit : AbortSignal.any([limit, stop]);
    try {
      return await orAborted(request({ abortSignal }), abortSignal);
    } catch (error) {
      stop?.throwIfAborted();
      const silent = limit.aborted ? `no answer within ${seconds} s` : null;
      throw dockerFailure(error, { what, address: where, silent });
    }
  };
  // The client's types leave out that these take options, and what they return.
  const askState: (limit: CallLimit) => Promise<{ Swarm?: { ControlAvailable?: boolean } }> = docker.info.bind(docker);
  const listTasks: (options: CallLimit & { filters: string }) => Promise<SwarmTask[]> = docker.listTasks.bind(docker);
  const inspect = (id: string) => call(`inspect container ${id}`, (limit) => docker.getContainer(id).inspect(limit));

  async function facts(id: string, volumes: VolumeFolders): Promise<DockerContainer | null> {
    try {
      return containerOf(await inspect(id), volumes);
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  }

  async function volumeFolders(): Promise<VolumeFolders> {
    const { Volumes } = await call('list volumes', (limit) => docker.listVolumes(limit));
    return new Map(
      (Volumes ?? []).map(({ Name, Mountpoint, Options }) => [Name, [Mountpoint, Options?.['device'] ?? '']]),
    );
  }

  async function tasks(id: string, since: Temporal.Instant): Promise<SwarmTasks> {
    const filters = JSON.stringify({ service: [id] });
    return tasksOf(await call(`list tasks of ${id}`, (limit) => listTasks({ filters, ...limit })), since);
  }

  return {
    address: where,
    until: (signal) => engineOf(docker, where, answerSeconds, signal),
    async containers() {
      const volumes = await volumeFolders();
      const all = await call('list containers', (limit) => docker.listContainers({ all: true, ...limit }));
      const found = await Promise.all(all.map(({ Id }) => facts(Id, volumes)));
      return found.filter((container) => container !== null);
    },
    container: (id) => facts(id, new Map()),
    async pathStat(id, path) {
      try {
        const header = await whileCrashing(() =>
          call(`inspect ${path} in container ${id.slice(0, 12)}`, (limit) =>
            askPath(docker.getContainer(id), { path, ...limit }),
          ),
        );
        return pathStatOf(header);
      } catch (error) {
        if (statusOf(error) === 404) return null;
        throw error;
      }
    },
    async swarmServices() {
      const info = await call('report its state', askState);
      if (info.Swarm?.ControlAvailable !== true) return [];
      const volumes = await volumeFolders();
      const services = await call('list Swarm services', (limit) => docker.listServices(limit));
      return Promise.all(
        services.map(async (service) => {
          const runs = isSwarmJob(service)
            ? (await tasks(service.ID, Temporal.Instant.fromEpochMilliseconds(0))).live > 0
            : null;
          return swarmServiceOf(service, volumes, runs);
        }),
      );
    },
    async setRestartPolicy(id, policy) {
      const set = () =>
        call(`set the restart policy of ${id}`, (limit) =>
          docker.getContainer(id).update({ RestartPolicy: policy, ...limit }),
        );
      await unlessGone(whileCrashing(set));
    },
    async stop(id, timeoutSeconds) {
      const stop = () => call(`stop ${id}`, (limit) => docker.getContainer(id).stop(limit), timeoutSeconds + 60);
      await unlessGone(whileCrashing(stop), 304);
    },
    async start(id) {
      await unlessStatus(
        call(`start ${id}`, (limit) => docker.getContainer(id).start(limit), 60),
        304,
      );
    },
    async restart(id, timeoutSeconds) {
      await call(`restart ${id}`, (limit) => docker.getContainer(id).restart(limit), timeoutSeconds + 60);
    },
    async scale(id, replicas) {
      await call(`scale ${id} to ${replicas}`, async (limit) => {
        const service = docker.getService(id);
        const { Spec, Version } = await service.inspect(limit);
        const mode = { Replicated: { Replicas: replicas } };
        await service.update({ _query: { version: Version.Index }, _body: { ...Spec, Mode: mode }, ...limit });
      });
    },
    tasks,
  };
}

/** The answer is in a header; the client's types leave that out. */
async function askPath(container: Docker.Container, options: CallLimit & { readonly path: string }): Promise<string> {
  const answer: NodeJS.ReadableStream & { readonly headers?: Readonly<Record<string, unknown>> } =
    await container.infoArchive(options);
  answer.resume();
  return String(answer.headers?.['x-docker-container-path-stat'] ?? '');
}

type CallLimit = { readonly abortSignal: AbortSignal };

/** The client never settles when the connection breaks in the middle of an answer. */
function orAborted<T>(request: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    request.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

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

async function unlessStatus(work: Promise<unknown>, ...fine: number[]): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!fine.includes(statusOf(error) ?? 0)) throw error;
  }
}

/** The engine answers 5xx for a container that ends in that moment; off for good, or up again, it does not. */
function whileCrashing<T>(work: () => Promise<T>): Promise<T> {
  return pRetry(work, {
    retries: 5,
    minTimeout: 200,
    factor: 1,
    shouldRetry: ({ error }) => (statusOf(error) ?? 0) >= 500,
  });
}

const unlessGone = (work: Promise<unknown>, ...fine: number[]) => unlessStatus(work, 404, ...fine);
