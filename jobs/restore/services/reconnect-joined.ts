import { durationSince } from '../../runtime/format.ts';
import { awaitUp } from './await-health.ts';
import type { LifecycleDeps } from './service-lifecycle.ts';
import type { JoinedContainer } from './stopped-service.ts';

/**
 * Restarts the containers that are cut off from the ones they join, side by side where none joins the other, and looks whether
 * they stay up. Each comes after those that it joins. Returns what is still cut off, a sentence each without its full stop.
 * Throws DOCKER_UNREACHABLE, DOCKER_FAILED.
 */
export async function reconnectJoined(joined: readonly JoinedContainer[], deps: LifecycleDeps): Promise<string[]> {
  const restarts = new Map<string, Promise<Reconnection>>();
  for (const each of joined) {
    const owners = each.owners.flatMap((id) => restarts.get(id) ?? []);
    restarts.set(
      each.id,
      Promise.all(owners).then(() => reconnect(each, deps)),
    );
  }
  await Promise.allSettled(restarts.values());
  const all = await Promise.all(restarts.values());
  const restarted = joined.filter((_, index) => all[index]?.restarted);
  const failures = (await awaitUp(restarted, deps)).filter(({ state }) => state === 'failed');
  const problems = [...all.map(({ problem }) => problem), ...failures.map(({ message }) => message)];
  return problems.filter((problem) => problem !== null);
}

type Reconnection = { readonly restarted: boolean; readonly problem: string | null };

async function reconnect(joined: JoinedContainer, deps: LifecycleDeps): Promise<Reconnection> {
  const { services, clock, log, checkpoint } = deps;
  const { name, shares } = joined;
  const { state, reason } = await services.connection(joined);
  if (state === 'done') log.line(`${reason}; it is not started again`);
  if (state === 'lost') log.warn(`${reason}.`);
  if (state !== 'cut off') return { restarted: false, problem: state === 'lost' ? reason : null };
  const began = clock.now();
  await checkpoint(`before restarting ${name}`);
  const refusal = await services.restart(joined);
  if (refusal !== null) return { restarted: false, problem: `${name} ${shares}, and does not restart: ${refusal}` };
  log.line(`Restarted ${name}, which ${shares} (${durationSince(began, clock.now())})`);
  await checkpoint(`restarted ${name}`);
  return { restarted: true, problem: null };
}
