import { existsSync } from 'node:fs';
import { Failure } from '../../platform/errors.ts';
import { placesOf } from '../staging/place.ts';
import { dockerEngine } from './docker.ts';
import type { Engine } from './engine.ts';
import { findHolders, type Holder, identityOf, ownContainer } from './holders.ts';
import { noEngine } from './no-engine.ts';
import { type Selection, selectServices } from './services.ts';

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
};

/** Finds the services to stop. Throws DOCKER_UNREACHABLE, or SERVICE_UNSTOPPABLE with all that stands in the way. */
export async function findAffected(database: string, wanted: readonly string[], engine: Engine): Promise<Affected> {
  const [containers, swarmServices] = await Promise.all([engine.containers(), engine.swarmServices()]);
  const places = placesOf(database);
  const self = ownContainer();
  const services = selectServices({ containers, swarmServices, wanted, places, identityOf, self });
  if (services.obstacles.length > 0) {
    throw new Failure(
      'SERVICE_UNSTOPPABLE',
      `Not every service can be stopped and started again: ${services.obstacles.join(' ')}`,
      'Put that right and run restore again. Nothing was stopped or changed.',
    );
  }
  return { services, containers: new Set([...services.stopping, ...services.staying]) };
}

/**
 * Looks for processes that have the database open and that no known container runs. Throws DATABASE_IN_USE naming each,
 * unless `force`. Returns sentences about what could not be seen.
 */
export function refuseStrangers(database: string, known: ReadonlySet<string>, force: boolean): string[] {
  const { holders, unreadable, onlyOwnNamespace } = findHolders(database);
  const strangers = holders.filter(({ container }) => container === null || !known.has(container));
  if (strangers.length > 0 && !force) throw inUse(database, strangers);
  return [
    ...strangers.map(
      (holder) => `${described(holder)} has it open and will go on writing into the old file (--force).`,
    ),
    ...(unreadable > 0
      ? [
          `${unreadable} ${unreadable === 1 ? 'process' : 'processes'} could not be looked into; root can (in a container: --cap-add SYS_PTRACE).`,
        ]
      : []),
    ...(onlyOwnNamespace
      ? ['Processes outside this container cannot be seen; `docker run --pid=host` shows them.']
      : []),
  ];
}

function inUse(database: string, holders: readonly Holder[]): Failure {
  const pids = holders.map(({ pid }) => pid).join(' ');
  return new Failure(
    'DATABASE_IN_USE',
    `${database} is open in ${holders.map(described).join(' and in ')}.`,
    `Stop it (\`ps -fp ${pids}\`) and run restore again. With --force it is ignored: what it still writes goes into the old file.`,
  );
}

function described({ pid, command, container }: Holder): string {
  const where = container === null ? '' : `, in container ${container.slice(0, 12)}`;
  return `process ${pid} (${command}${where})`;
}
