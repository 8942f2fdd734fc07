import { sleepBy } from '../../runtime/clock.ts';
import { formatDuration } from '../../runtime/format.ts';
import { type LifecycleDeps, type ServiceFailure, startService } from './service-lifecycle.ts';
import type { StoppedService } from './stopped-service.ts';

/** How often a service that ended is started again, when its host would do so. */
const restartsLimit = 2;

/** Time for a first look at the database and slow disks, on top of what the service's own health check may take. */
const leastSeconds = 60;
const marginSeconds = 10;

const pollMilliseconds = 200;
/** Another service may need a moment before this one can start. */
const beforeRestartMilliseconds = 1000;

type AwaitHealthOptions = { readonly askedSeconds: number | null; readonly untilFirstFailure: boolean };

/** How a service does; `done`: a job that ended as it should. */
export type AwaitedService = ServiceFailure & { readonly state: 'healthy' | 'done' | 'failed' };

/** What is awaited of a service, and the words for one that fails. */
type HealthGoal = { readonly check: 'health' | 'uptime'; readonly failed: string };
const healthy: HealthGoal = { check: 'health', failed: 'is unhealthy' };
const up: HealthGoal = { check: 'uptime', failed: 'does not stay up' };

/**
 * Waits until every service is healthy or has failed; with `untilFirstFailure`, until one has failed. Returns those that
 * failed, empty when all are healthy.
 */
export async function awaitHealth(
  stopped: readonly StoppedService[],
  options: AwaitHealthOptions,
  deps: LifecycleDeps,
): Promise<ServiceFailure[]> {
  return (await awaitEach(stopped, healthy, options, deps)).filter(({ state }) => state === 'failed');
}

/**
 * Waits until every service has stayed up for a moment, or has not; health checks are ignored, but a Swarm service
 * counts as up once Swarm calls its tasks running. Returns how each does.
 */
export function awaitUp(stopped: readonly StoppedService[], deps: LifecycleDeps): Promise<AwaitedService[]> {
  return awaitEach(stopped, up, { askedSeconds: null, untilFirstFailure: false }, deps);
}

async function awaitEach(
  stopped: readonly StoppedService[],
  aim: HealthGoal,
  { askedSeconds, untilFirstFailure }: AwaitHealthOptions,
  deps: LifecycleDeps,
): Promise<AwaitedService[]> {
  const enough = new AbortController();
  const outcomes = stopped.map(async (service) => {
    try {
      const outcome = await awaitOne(service, aim, askedSeconds, enough.signal, deps);
      if (outcome?.state === 'failed' && untilFirstFailure) enough.abort();
      return outcome === null ? [] : [{ service, ...outcome }];
    } catch (error) {
      enough.abort();
      throw error;
    }
  });
  await Promise.allSettled(outcomes);
  return (await Promise.all(outcomes)).flat();
}

type AwaitedState = Omit<AwaitedService, 'service'>;
const failure = (message: string): AwaitedState => ({ state: 'failed', message });

/** How the service does; null when `enough` is known already. */
async function awaitOne(
  service: StoppedService,
  { check, failed }: HealthGoal,
  askedSeconds: number | null,
  enough: AbortSignal,
  deps: LifecycleDeps,
): Promise<AwaitedState | null> {
  const { services, clock, log } = deps;
  const { name } = service;
  const limit = healthLimit(service.healthSeconds, askedSeconds);
  const began = clock.now();
  const secondsSince = (instant: Temporal.Instant) => clock.now().since(instant).total('seconds');
  let startedAt = began;
  for (let restarts = 0; !enough.aborted; await sleepBy(clock, pollMilliseconds)) {
    const { state, reason } = await services[check](service, { since: began, seconds: secondsSince(startedAt) });
    if (state === 'healthy' || state === 'done') {
      log.line(`${name}: ${reason} (${formatDuration(secondsSince(began))})`);
      return { state, message: reason };
    }
    if (state === 'failed' || (state === 'ended' && !(restarts < restartsLimit && services.startsByItself(service)))) {
      return failure(`${name} ${failed}: ${reason}`);
    }
    if (secondsSince(began) >= limit) {
      return failure(`${name} ${failed} after ${formatDuration(limit)}: ${reason}`);
    }
    if (state === 'waiting') continue;
    restarts += 1;
    log.line(`${name}: ${reason}; starting it again, as its restart policy does`);
    await sleepBy(clock, beforeRestartMilliseconds);
    const problem = await startService(service, deps);
    if (problem !== null) return failure(problem);
    startedAt = clock.now();
  }
  return null;
}

/** How long to wait for a verdict: as asked, else as long as the service's own health check may take, and a minute at least. */
function healthLimit(healthSeconds: number | null, asked: number | null): number {
  return asked ?? Math.max(leastSeconds, (healthSeconds ?? 0) + marginSeconds);
}
