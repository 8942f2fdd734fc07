import { existsSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../runtime/errors.ts';
import { dockerEngine } from './docker.ts';
import { viewOf } from './docker-view.ts';
import type { Engine } from './engine.ts';
import { noEngine } from './no-engine.ts';
import { type Selection, selectServices } from './services.ts';
import { lookAround, type Surroundings } from './surroundings.ts';
import type { Suspects } from './users.ts';

const defaultSocket = '/var/run/docker.sock';

/**
 * The Docker engine of this host: at `address` (DOCKER_HOST), else at the usual socket. Without a socket it is none, which
 * is an error only once a service must be stopped.
 */
export function engineAt(address: string | null, isNeeded: boolean): Engine {
  if (address === null && !isNeeded && !existsSync(defaultSocket)) return noEngine;
  return dockerEngine(address);
}

/** What a restore of a database touches on this host. */
export type Affected = {
  readonly services: Selection;
  /** Containers that may have the database open, by id: any other that has is a stranger, however it got at it. */
  readonly containers: ReadonlySet<string>;
  /** Names of those of them that run, without the one this process runs in. */
  readonly suspects: Suspects;
  /** Why these may not be all containers of this host that use it; null: they are. */
  readonly dockerBlind: string | null;
  readonly around: Surroundings;
};

/** Finds the services to stop. Throws DOCKER_UNREACHABLE, or SERVICE_UNSTOPPABLE with all that stands in the way. */
export async function findAffected(database: string, wanted: readonly string[], engine: Engine): Promise<Affected> {
  const around = lookAround(path.dirname(database));
  const [containers, swarmServices] = await Promise.all([engine.containers(), engine.swarmServices()]);
  const { shows, self, blind } = await viewOf(database, containers, engine, around);
  const services = selectServices({ containers, swarmServices, wanted, shows, self: self?.id ?? null });
  if (services.obstacles.length > 0) {
    throw new Failure(
      'SERVICE_UNSTOPPABLE',
      `Not every service can be stopped and started again: ${services.obstacles.join(' ')}`,
      'Put that right and run restore again. Nothing was stopped or changed.',
    );
  }
  return {
    services,
    containers: new Set([...services.stopping, ...services.staying]),
    suspects: {
      stopping: services.stop.map(({ service }) => service.name),
      staying: containers
        .filter(({ id }) => id !== self?.id && services.staying.includes(id))
        .map(({ name }) => name)
        .toSorted(),
    },
    dockerBlind: blind,
    around,
  };
}
