import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../../platform/format.ts';
import type { Engine } from './engine.ts';
import { healthLimit, restartsLimit, type Verdict, verdictOnContainer, verdictOnTasks } from './health.ts';
import { idNow, type OutageParts, startOne } from './outage.ts';
import type { StoppedService } from './services.ts';

const pollMilliseconds = 200;
/** Another service may need a moment before this one can start. */
const beforeRestartMilliseconds = 1000;

/**
 * Waits until every service is well or has failed; with `untilFirstFailure`, until one has failed. Returns a sentence for
 * each that failed, empty when all are well.
 */
export async function awaitHealth(
  services: readonly StoppedService[],
  { askedSeconds, untilFirstFailure }: { readonly askedSeconds: number | null; readonly untilFirstFailure: boolean },
  parts: OutageParts,
): Promise<string[]> {
  const enough = new AbortController();
  const failures = services.map(async (service) => {
    try {
      const failure = await awaitOne(service, askedSeconds, enough.signal, parts);
      if (failure !== null && untilFirstFailure) enough.abort();
      return failure;
    } catch (error) {
      enough.abort();
      throw error;
    }
  });
  return (await Promise.all(failures)).filter((failure) => failure !== null);
}

/** Null when the service is well, or when `enough` is known already; else what is wrong with it. */
async function awaitOne(
  service: StoppedService,
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
    const { state, reason } = await verdictOn(service, began, secondsSince(startedAt), engine);
    if (state === 'well') {
      log.line(`${name}: ${reason} (${formatDuration(secondsSince(began))})`);
      return null;
    }
    if (state === 'failed' || (state === 'ended' && !(restarts < restartsLimit && restartsByItself(service)))) {
      return `${name} is not well: ${reason}`;
    }
    if (secondsSince(began) >= limit) return `${name} is not well after ${formatDuration(limit)}: ${reason}`;
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
