import { type Clock, sleepBy } from '../../../runtime/clock.ts';
import { Failure } from '../../../runtime/errors.ts';
import type { ServiceManager, Uptime } from '../service-manager.ts';
import type { StoppedService } from '../stopped-service.ts';
import type { DockerContainer, DockerEngine } from './docker-engine.ts';
import { statusOf } from './docker-failure.ts';
import { containerHealth, swarmHealth } from './docker-health.ts';
import { findConnection } from './find-connection.ts';
import { findServices } from './find-services.ts';

const pollMilliseconds = 200;

/** Containers and Swarm services. Throws DOCKER_UNREACHABLE, and DOCKER_FAILED when Docker refuses. */
export function dockerServiceManager(docker: DockerEngine, clock: Clock): ServiceManager {
  async function health(service: StoppedService, { since, seconds }: Uptime) {
    if (service.kind === 'swarm') return swarmHealth(await docker.tasks(service.id, since), service, seconds);
    return containerHealth(await docker.container(await currentId(service, docker)), service.restartPolicy, seconds);
  }
  return {
    find: (database, wanted, host, signal) => findServices(database, wanted, host, docker.until(signal)),
    startsByItself,
    async disableAutostart(service) {
      await docker.setRestartPolicy(service.id, { Name: 'no', MaximumRetryCount: 0 });
    },
    async restoreAutostart(service) {
      if (service.kind === 'container') await docker.setRestartPolicy(service.id, service.restartPolicy);
    },
    async stop(service) {
      if (service.kind === 'container') await docker.stop(await currentId(service, docker), service.stopTimeoutSeconds);
      else if (!(await isRemoved(service, docker))) await scaleToZero(service, docker, clock);
    },
    async start(service) {
      return refusalOf(async () => {
        if (service.kind === 'container') await docker.start(await currentId(service, docker));
        else await docker.scale(service.id, service.replicas);
      });
    },
    isRemoved: (service) => isRemoved(service, docker),
    connection: (joined) => findConnection(joined, docker),
    async restart(joined) {
      const { stopTimeoutSeconds } = joined;
      return refusalOf(async () => docker.restart(await currentId(joined, docker), stopTimeoutSeconds));
    },
    health,
    async uptime(service, uptime) {
      if (service.kind === 'swarm') return health(service, uptime);
      const container = await docker.container(await currentId(service, docker));
      const unchecked = container === null ? null : ({ ...container, health: 'none' } as const);
      const status = containerHealth(unchecked, service.restartPolicy, uptime.seconds);
      return status.state === 'healthy' ? { ...status, reason: 'still running' } : status;
    },
    async findUnhealthy(services, signal) {
      const engine = docker.until(signal);
      const ids = services.flatMap(({ kind, id }) => (kind === 'container' ? id : []));
      const found = await Promise.all(ids.map((id) => engine.container(id)));
      const containers = found.filter((container) => container !== null);
      const crashing = containers.filter((container) => isCrashing(container, clock.now()));
      const unhealthy = containers.filter(
        (container) => crashing.includes(container) || container.health === 'unhealthy',
      );
      return { crashingBefore: crashing.map(({ id }) => id), unhealthyBefore: unhealthy.map(({ name }) => name) };
    },
  };
}

/** Null when Docker did it, else why it refused. */
async function refusalOf(work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'DOCKER_FAILED') throw error;
    return error.message;
  }
}

function startsByItself(service: StoppedService): boolean {
  return service.kind === 'container' && service.restartPolicy.Name !== 'no';
}

/** In a crash loop, also in the moments when it is up: to the engine a container that ran for 10 s did not crash at once. */
function isCrashing({ state, lastRestartAt }: DockerContainer, now: Temporal.Instant): boolean {
  return state === 'restarting' || (lastRestartAt !== null && now.since(lastRestartAt).total('seconds') < 10);
}

/** Whether it was removed: under its id, and under its name. */
async function isRemoved({ kind, id, name }: StoppedService, docker: DockerEngine): Promise<boolean> {
  if (kind === 'container') return (await docker.container(id)) === null && (await docker.container(name)) === null;
  try {
    await docker.tasks(id, Temporal.Instant.fromEpochMilliseconds(0));
    return false;
  } catch (error) {
    // An engine that is no manager any more does not know either: that is another answer.
    if (statusOf(error) === 404) return true;
    throw error;
  }
}

/** A deployment may have put another container in the place of one that restore knows: it has the same name. */
async function currentId({ id, name }: StoppedService, docker: DockerEngine): Promise<string> {
  const found = (await docker.container(id)) ?? (await docker.container(name));
  return found?.id ?? id;
}

async function scaleToZero(
  service: StoppedService & { kind: 'swarm' },
  docker: DockerEngine,
  clock: Clock,
): Promise<void> {
  await docker.scale(service.id, 0);
  const began = clock.now();
  const limit = service.stopTimeoutSeconds + 60;
  while ((await docker.tasks(service.id, began)).live > 0) {
    if (clock.now().since(began).total('seconds') > limit) {
      throw new Failure(
        'DOCKER_FAILED',
        `The Swarm service ${service.name} still has tasks ${limit} s after it was scaled to 0.`,
        `Look at \`docker service ps ${service.name}\`.`,
      );
    }
    await sleepBy(clock, pollMilliseconds);
  }
}
