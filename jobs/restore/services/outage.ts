import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../runtime/clock.ts';
import { Failure } from '../../runtime/errors.ts';
import { formatDuration } from '../../runtime/format.ts';
import type { Log } from '../../runtime/log.ts';
import type { Checkpoint } from '../switch/checkpoint.ts';
import type { Engine } from './engine.ts';
import type { StoppedService } from './services.ts';

export type OutageParts = {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Log;
  readonly checkpoint: Checkpoint;
};

/** A service that did not do as it should, and what is wrong with it: a sentence without its full stop. */
export type ServiceFailure = { readonly service: StoppedService; readonly message: string };

const pollMilliseconds = 200;

/**
 * Stops services one after another, each within its own stop timeout. Before the first stops, all get the restart policy
 * `no`, so that a reboot revives none. Returns when the first was told to stop.
 */
export async function stopServices(services: readonly StoppedService[], parts: OutageParts): Promise<Temporal.Instant> {
  const { engine, clock, log, checkpoint } = parts;
  for (const service of services) {
    if (service.kind === 'swarm' || service.restartPolicy.Name === 'no') continue;
    await checkpoint(`before holding ${service.name}`);
    await engine.setRestartPolicy(service.id, { Name: 'no', MaximumRetryCount: 0 });
    await checkpoint(`held ${service.name}`);
  }
  const downAt = clock.now();
  for (const service of services) {
    const began = clock.now();
    await checkpoint(`before stopping ${service.name}`);
    if (service.kind === 'container') await engine.stop(await idNow(service, engine), service.stopTimeoutSeconds);
    else if (!(await isRemoved(service, engine))) await scaleToZero(service, engine, clock);
    log.line(`Stopped ${service.name} (${took(began, clock)})`);
    await checkpoint(`stopped ${service.name}`);
  }
  return downAt;
}

/** Whether it was removed: under its id, and under its name. */
export async function isRemoved({ kind, id, name }: StoppedService, engine: Engine): Promise<boolean> {
  if (kind === 'container') return (await engine.container(id)) === null && (await engine.container(name)) === null;
  try {
    await engine.tasks(id, Temporal.Instant.fromEpochMilliseconds(0));
    return false;
  } catch (error) {
    // An engine that is no manager any more does not know either: that is another answer.
    const cause = error instanceof Failure ? error.cause : null;
    if (cause instanceof Error && 'statusCode' in cause && cause.statusCode === 404) return true;
    throw error;
  }
}

/** A deployment may have put another container in the place of one that restore knows: it has the same name. */
export async function idNow({ id, name }: StoppedService, engine: Engine): Promise<string> {
  const found = (await engine.container(id)) ?? (await engine.container(name));
  return found?.id ?? id;
}

async function scaleToZero(service: StoppedService & { kind: 'swarm' }, engine: Engine, clock: Clock): Promise<void> {
  await engine.scale(service.id, 0);
  const began = clock.now();
  const limit = service.stopTimeoutSeconds + 60;
  while ((await engine.tasks(service.id, began)).live > 0) {
    if (secondsSince(began, clock) > limit) {
      throw new Failure(
        'DOCKER_FAILED',
        `The Swarm service ${service.name} still has tasks ${limit} s after it was scaled to 0.`,
        `Look at \`docker service ps ${service.name}\`.`,
      );
    }
    await sleep(pollMilliseconds);
  }
}

/**
 * Starts services in the same order, without waiting for health; what does not start is tried once more after the others,
 * which it may need. Returns what could not be started, and when the last was.
 */
export async function startServices(
  services: readonly StoppedService[],
  parts: OutageParts,
): Promise<{ readonly upAt: Temporal.Instant; readonly failures: readonly ServiceFailure[] }> {
  const { clock, log } = parts;
  const failed: StoppedService[] = [];
  for (const service of services) {
    const problem = await startOne(service, parts);
    if (problem !== null) failed.push(service);
  }
  const failures: ServiceFailure[] = [];
  for (const service of failed) {
    const message = await startOne(service, parts);
    if (message === null) continue;
    failures.push({ service, message });
    log.warn(message);
  }
  return { upAt: clock.now(), failures };
}

/** Null when it started, else why not. Throws when Docker does not answer. */
export async function startOne(
  service: StoppedService,
  { engine, clock, log, checkpoint }: OutageParts,
): Promise<string | null> {
  const began = clock.now();
  await checkpoint(`before starting ${service.name}`);
  try {
    if (service.kind === 'container') await engine.start(await idNow(service, engine));
    else await engine.scale(service.id, service.replicas);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'DOCKER_FAILED') throw error;
    return `${service.name} does not start: ${error.message}`;
  }
  log.line(`Started ${service.name} (${took(began, clock)})`);
  await checkpoint(`started ${service.name}`);
  return null;
}

/** Gives every container its own restart policy back. Throws the first failure after it has tried all. */
export async function releaseServices(services: readonly StoppedService[], parts: OutageParts): Promise<void> {
  const failures: unknown[] = [];
  for (const service of services) {
    if (service.kind === 'swarm' || service.restartPolicy.Name === 'no') continue;
    try {
      await parts.checkpoint(`before releasing ${service.name}`);
      await parts.engine.setRestartPolicy(service.id, service.restartPolicy);
      await parts.checkpoint(`released ${service.name}`);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

function secondsSince(began: Temporal.Instant, clock: Clock): number {
  return clock.now().since(began).total('seconds');
}

const took = (began: Temporal.Instant, clock: Clock) => formatDuration(secondsSince(began, clock));
