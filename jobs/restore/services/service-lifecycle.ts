import type { Clock } from '../../runtime/clock.ts';
import { durationSince } from '../../runtime/format.ts';
import type { Log } from '../../runtime/log.ts';
import type { Checkpoint } from '../files/checkpoint.ts';
import type { ServiceManager } from './service-manager.ts';
import type { StoppedService } from './stopped-service.ts';

export type LifecycleDeps = {
  readonly services: ServiceManager;
  readonly clock: Clock;
  readonly log: Log;
  readonly checkpoint: Checkpoint;
};

/** A service that did not do as it should, and what is wrong with it: a sentence without its full stop. */
export type ServiceFailure = { readonly service: StoppedService; readonly message: string };

/**
 * Stops services side by side, each within its own stop timeout. Before the first stops, none starts by itself any more, so
 * that a reboot starts none. Returns when they were asked to stop; throws the first failure once all have ended.
 */
export async function stopServices(
  stopped: readonly StoppedService[],
  { services, clock, log, checkpoint }: LifecycleDeps,
): Promise<Temporal.Instant> {
  for (const service of stopped) {
    if (!services.startsByItself(service)) continue;
    await checkpoint(`before holding ${service.name}`);
    await services.disableAutostart(service);
    await checkpoint(`held ${service.name}`);
  }
  const downAt = clock.now();
  const stops = stopped.map(async (service) => {
    await checkpoint(`before stopping ${service.name}`);
    await services.stop(service);
    log.line(`Stopped ${service.name} (${durationSince(downAt, clock.now())})`);
    await checkpoint(`stopped ${service.name}`);
  });
  await Promise.allSettled(stops);
  await Promise.all(stops);
  return downAt;
}

/**
 * Starts services in the same order, without waiting for health; what does not start is tried once more after the others,
 * which it may need. Returns what could not be started, and when the last was.
 */
export async function startServices(
  stopped: readonly StoppedService[],
  deps: LifecycleDeps,
): Promise<{ readonly upAt: Temporal.Instant; readonly failures: readonly ServiceFailure[] }> {
  const { clock, log } = deps;
  const failed: StoppedService[] = [];
  for (const service of stopped) {
    const problem = await startService(service, deps);
    if (problem !== null) failed.push(service);
  }
  const failures: ServiceFailure[] = [];
  for (const service of failed) {
    const message = await startService(service, deps);
    if (message === null) continue;
    failures.push({ service, message });
    log.warn(message);
  }
  return { upAt: clock.now(), failures };
}

/** Null when it started, else why not. Throws when its host does not answer. */
export async function startService(
  service: StoppedService,
  { services, clock, log, checkpoint }: LifecycleDeps,
): Promise<string | null> {
  const began = clock.now();
  await checkpoint(`before starting ${service.name}`);
  const problem = await services.start(service);
  if (problem !== null) return `${service.name} does not start: ${problem}`;
  log.line(`Started ${service.name} (${durationSince(began, clock.now())})`);
  await checkpoint(`started ${service.name}`);
  return null;
}

/** Lets every service start by itself again, as it did before. Throws the first failure after it has tried all. */
export async function restoreAutostart(
  stopped: readonly StoppedService[],
  { services, checkpoint }: LifecycleDeps,
): Promise<void> {
  const failures: unknown[] = [];
  for (const service of stopped) {
    if (!services.startsByItself(service)) continue;
    try {
      await checkpoint(`before releasing ${service.name}`);
      await services.restoreAutostart(service);
      await checkpoint(`released ${service.name}`);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
