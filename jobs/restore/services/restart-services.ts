import { awaitUp } from './await-health.ts';
import { type LifecycleDeps, restoreAutostart, startService, startServices } from './service-lifecycle.ts';
import type { StoppedService } from './stopped-service.ts';

/**
 * How a service does on the old database. `done`: a job that ended as it should. `as before`: it ended again, as it did
 * before the restore. `left off`: a person said so. `down`: it should run, and does not.
 */
export const restartedStates = ['running', 'done', 'as before', 'removed', 'left off', 'down'] as const;
export type RestartedService = {
  readonly name: string;
  readonly state: (typeof restartedStates)[number];
  /** A sentence without its full stop; empty when there is nothing to say. */
  readonly reason: string;
};

type RestartOptions = {
  /** Ids of containers that were in a crash loop before. */
  readonly crashingBefore: readonly string[];
  /** Names of services to leave off. */
  readonly leaveOff: readonly string[];
};

/**
 * Starts services on the database that they had before, and looks whether they stay up. Then every one, also one that does
 * not run, gets its own restart policy back: with the old database in place a reboot may start what it can. Returns how
 * each does. Throws DOCKER_UNREACHABLE, and DOCKER_FAILED when a policy cannot be given back.
 */
export async function restartServices(
  stopped: readonly StoppedService[],
  { crashingBefore, leaveOff }: RestartOptions,
  deps: LifecycleDeps,
): Promise<{ readonly upAt: Temporal.Instant; readonly restarted: readonly RestartedService[] }> {
  const found = new Map<string, RestartedService>();
  const note = ({ id, name }: StoppedService, state: RestartedService['state'], reason = '') =>
    found.set(id, { name, state, reason });
  const wanted = stopped.filter((service) => !leaveOff.includes(service.name));
  for (const service of stopped) if (!wanted.includes(service)) note(service, 'left off');

  const { upAt, failures: notStarted } = await startServices(wanted, deps);
  for (const { service, message } of notStarted) {
    if (await deps.services.isRemoved(service)) note(service, 'removed');
    else note(service, 'down', message);
  }
  const started = wanted.filter(({ id }) => !found.has(id));
  for (const { service, state, message } of await awaitUp(started, deps)) {
    if (state !== 'failed') note(service, state === 'done' ? 'done' : 'running');
    else if (await deps.services.isRemoved(service)) note(service, 'removed');
    else note(service, crashingBefore.includes(service.id) ? 'as before' : 'down', message);
  }
  await restoreAutostart(stopped, deps);
  // Its policy takes it up again only after a start.
  for (const service of stopped) if (found.get(service.id)?.state === 'as before') await startService(service, deps);
  return { upAt, restarted: stopped.flatMap(({ id }) => found.get(id) ?? []) };
}
