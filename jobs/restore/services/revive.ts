import { awaitUp } from './await-health.ts';
import type { Container, Engine } from './engine.ts';
import { isRemoved, type OutageParts, releaseServices, startOne, startServices } from './outage.ts';
import type { StoppedService } from './services.ts';

/**
 * How a service does on the old database. `as before`: it ended again, as it did before the restore. `left off`: a person
 * said so. `down`: it should run, and does not.
 */
export const revivedStates = ['running', 'as before', 'removed', 'left off', 'down'] as const;
export type Revived = {
  readonly name: string;
  readonly state: (typeof revivedStates)[number];
  /** A sentence without its full stop; empty when there is nothing to say. */
  readonly reason: string;
};

type ReviveOptions = {
  /** Ids of containers that were in a crash loop before. */
  readonly crashingBefore: readonly string[];
  /** Names of services that a person wants off. */
  readonly leaveOff: readonly string[];
};

/**
 * Starts services on the database that they had before, and looks whether they stay up. Then every one, also one that does
 * not run, gets its own restart policy back: with the old database in place a reboot may start what it can. Returns how
 * each does. Throws DOCKER_UNREACHABLE, and DOCKER_FAILED when a policy cannot be given back.
 */
export async function reviveServices(
  services: readonly StoppedService[],
  { crashingBefore, leaveOff }: ReviveOptions,
  parts: OutageParts,
): Promise<{ readonly upAt: Temporal.Instant; readonly revived: readonly Revived[] }> {
  const found = new Map<string, Revived>();
  const note = ({ id, name }: StoppedService, state: Revived['state'], reason = '') =>
    found.set(id, { name, state, reason });
  const wanted = services.filter((service) => !leaveOff.includes(service.name));
  for (const service of services) if (!wanted.includes(service)) note(service, 'left off');

  const { upAt, failures: notStarted } = await startServices(wanted, parts);
  for (const { service, message } of notStarted) {
    if (await isRemoved(service, parts.engine)) note(service, 'removed');
    else note(service, 'down', message);
  }
  const started = wanted.filter(({ id }) => !found.has(id));
  for (const service of started) note(service, 'running');
  for (const { service, message } of await awaitUp(started, parts)) {
    if (await isRemoved(service, parts.engine)) note(service, 'removed');
    else note(service, crashingBefore.includes(service.id) ? 'as before' : 'down', message);
  }
  await releaseServices(services, parts);
  // Its policy takes it up again only after a start.
  for (const service of services) if (found.get(service.id)?.state === 'as before') await startOne(service, parts);
  return { upAt, revived: services.flatMap(({ id }) => found.get(id) ?? []) };
}

/** How services do before anything stops: ids of those in a crash loop, names of those whose health check fails or that crash. */
export async function findUnwell(
  services: readonly StoppedService[],
  engine: Engine,
): Promise<{ readonly crashingBefore: string[]; readonly unhealthyBefore: string[] }> {
  const found = await Promise.all(services.map(({ kind, id }) => (kind === 'container' ? engine.container(id) : null)));
  const containers = found.filter((container) => container !== null);
  const isCrashing = ({ state }: Container) => state === 'restarting';
  const isUnhealthy = (container: Container) => isCrashing(container) || container.health === 'unhealthy';
  return {
    crashingBefore: containers.filter(isCrashing).map(({ id }) => id),
    unhealthyBefore: containers.filter(isUnhealthy).map(({ name }) => name),
  };
}
