import { existsSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../runtime/errors.ts';
import type { PossibleHolders } from '../usage/database-users.ts';
import { type HostEnvironment, readHostEnvironment } from '../usage/host-environment.ts';
import { findDatabaseMounts } from './docker/database-mounts.ts';
import type { DockerEngine } from './docker/docker-engine.ts';
import { noDocker } from './docker/no-docker.ts';
import { type ServiceSelection, selectServices } from './docker/select-services.ts';

const defaultSocket = '/var/run/docker.sock';

/**
 * The Docker engine of this host: at `address` (DOCKER_HOST), else at the usual socket. Without a socket it is none, which
 * is an error only once a service must be stopped.
 */
export async function dockerEngineAt(address: string | null, isNeeded: boolean): Promise<DockerEngine> {
  if (address === null && !isNeeded && !existsSync(defaultSocket)) return noDocker;
  // The client is a third of all that a restore loads.
  const { createDockerEngine } = await import('./docker/docker-client.ts');
  return createDockerEngine(address);
}

/** What a restore of a database touches on this host. */
export type AffectedServices = {
  readonly services: ServiceSelection;
  /** Containers that may have the database open, by id: any other that has is an unknown process. */
  readonly containers: ReadonlySet<string>;
  /** Names of those of them that run, without the one this process runs in. */
  readonly possibleHolders: PossibleHolders;
  /** Why these may not be all containers of this host that use it; null: they are. */
  readonly dockerGap: string | null;
  readonly host: HostEnvironment;
};

/** Finds the services to stop. Throws DOCKER_UNREACHABLE, or SERVICE_UNSTOPPABLE with all that stands in the way. */
export async function findAffectedServices(
  database: string,
  wanted: readonly string[],
  engine: DockerEngine,
): Promise<AffectedServices> {
  const host = readHostEnvironment(path.dirname(database));
  const [containers, swarmServices] = await Promise.all([engine.containers(), engine.swarmServices()]);
  const { shows, self, blind } = await findDatabaseMounts(database, containers, engine, host);
  const services = selectServices({ containers, swarmServices, wanted, shows, self: self?.id ?? null });
  if (services.obstacles.length > 0) {
    throw new Failure(
      'SERVICE_UNSTOPPABLE',
      `Not every service can be stopped and started again: ${services.obstacles.join(' ')}`,
      'Fix that and run restore again. Nothing was stopped or changed.',
    );
  }
  return {
    services,
    containers: new Set([...services.stopping, ...services.staying]),
    possibleHolders: {
      stopping: services.stop.map(({ service }) => service.name),
      staying: containers
        .filter(({ id }) => id !== self?.id && services.staying.includes(id))
        .map(({ name }) => name)
        .toSorted(),
    },
    dockerGap: blind,
    host,
  };
}
