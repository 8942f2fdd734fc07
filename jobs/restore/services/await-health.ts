import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../../runtime/format.ts';
import type { Engine } from './engine.ts';
import { healthLimit, restartsLimit, type Verdict, verdictOnContainer, verdictOnTasks } from './health.ts';
import { idNow, type OutageParts, type ServiceFailure, startOne } from './outage.ts';
import type { StoppedService } from './services.ts';

const pollMilliseconds = 200;
/** Another service may need a moment before this one can start. */
const beforeRestartMilliseconds = 1000;

type HealthOptions = { readonly askedSeconds: number | null; readonly untilFirstFailure: boolean };

/** What is awaited of a service, and the words for one that fails. */
type Aim = { readonly verdict: typeof verdictOn; readonly failed: string };
const healthy: Aim = { verdict: verdictOn, failed: 'is not well' };
const up: Aim = { verdict: verdictOnUp, failed: 'does not stay up' };

/**
 * Waits until every service is well or has failed; with `untilFirstFailure`, until one has failed. Returns those that
 * failed, empty when all are well.
 */
export function awaitHealth(
  services: readonly StoppedService[],
  options: HealthOptions,
  parts: OutageParts,
): Promise<ServiceFailure[]> {
  return awaitEach(services, healthy, options, parts);
}

/**
 * Waits until every service has stayed up for a moment, or has not; health checks are not looked at, but a Swarm service
 * counts as up once Swarm calls its tasks running. Returns those that have not.
 */
export function awaitUp(services: readonly StoppedService[], parts: OutageParts): Promise<ServiceFailure[]> {
  return awaitEach(services, up, { askedSeconds: null, untilFirstFailure: false }, parts);
}

async function awaitEach(
  services: readonly StoppedService[],
  aim: Aim,
  { askedSeconds, untilFirstFailure }: HealthOptions,
  parts: OutageParts,
): Promise<ServiceFailure[]> {
  const enough = new AbortController();
  const failures = services.map(async (service) => {
    try {
      const message = await awaitOne(service, aim, askedSeconds, enough.signal, parts);
      if (message !== null && untilFirstFailure) enough.abort();
      return message === null ? [] : [{ service, message }];
    } catch (error) {
      enough.abort();
      throw error;
    }
  });
  return (await Promise.all(failures)).flat();
}

/** Null when the service does as it should, or when `enough` is known already; else what is wrong with it. */
async function awaitOne(
  service: StoppedService,
  { verdict, failed }: Aim,
  askedSeconds: number | null,
  enough: AbortSignal,
  parts: OutageParts,
): Promise<string | null> {
  const { engine, clock, log } = parts;
  const { name } = service;
  const limit = healthLimit(service.healthSeconds, askedSeconds);
  const began = clock.now();
  const secondsSince = (instant: Temporal.Instant) => clock.now().since(instant).total('seconds');
  let startedAt = began;
  for (let restarts = 0; !enough.aborted; await sleep(pollMilliseconds)) {
    const { state, reason } = await verdict(service, began, secondsSince(startedAt), engine);
    if (state === 'well') {
      log.line(`${name}: ${reason} (${formatDuration(secondsSince(began))})`);
      return null;
    }
    if (state === 'failed' || (state === 'ended' && !(restarts < restartsLimit && restartsByItself(service)))) {
      return `${name} ${failed}: ${reason}`;
    }
    if (secondsSince(began) >= limit) return `${name} ${failed} after ${formatDuration(limit)}: ${reason}`;
    if (state === 'waiting') continue;
    restarts += 1;
    log.line(`${name}: ${reason}; starting it again, as its restart policy does`);
    await sleep(beforeRestartMilliseconds);
    const problem = await startOne(service, parts);
    if (problem !== null) return problem;
    startedAt = clock.now();
  }
  return null;
}

const restartsByItself = (service: StoppedService) =>
  service.kind === 'container' && service.restartPolicy.Name !== 'no';

async function verdictOn(
  service: StoppedService,
  began: Temporal.Instant,
  seconds: number,
  engine: Engine,
): Promise<Verdict> {
  if (service.kind === 'swarm') return verdictOnTasks(await engine.tasks(service.id, began), service, seconds);
  return verdictOnContainer(await engine.container(await idNow(service, engine)), seconds);
}

async function verdictOnUp(
  service: StoppedService,
  began: Temporal.Instant,
  seconds: number,
  engine: Engine,
): Promise<Verdict> {
  if (service.kind === 'swarm') return verdictOn(service, began, seconds, engine);
  const container = await engine.container(await idNow(service, engine));
  const verdict = verdictOnContainer(container === null ? null : { ...container, health: 'none' }, seconds);
  return verdict.state === 'well' ? { ...verdict, reason: 'still running' } : verdict;
}
