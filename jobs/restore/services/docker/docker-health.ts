import type { HealthStatus } from '../service-manager.ts';
import type { StoppedService } from '../stopped-service.ts';
import type { DockerContainer, RestartPolicy, SwarmTasks } from './docker-engine.ts';

/** A container without a health check counts as healthy when it has stayed up for this long. */
const steadySeconds = 2;
/** Swarm starts a failed task again by itself; after this many failures it is not going to come up. */
const failedTasksLimit = 3;

/** How a container does, `seconds` after its start. Null: it is gone. `policy`: its own, without which it is during a restore. */
export function containerHealth(
  container: DockerContainer | null,
  policy: RestartPolicy,
  seconds: number,
): HealthStatus {
  if (container === null) return { state: 'failed', reason: 'it was removed' };
  const { state, health, remark } = container;
  if (hasEndedAsJob(container, policy)) {
    return { state: 'done', reason: `ended with code 0, as a job does (restart policy ${policy.Name})` };
  }
  if (state === 'off') return { state: 'ended', reason: short(remark) };
  if (state !== 'running') return { state: 'failed', reason: short(remark) || `it is ${state}` };
  if (health === 'healthy') return { state: 'healthy', reason: 'healthy' };
  if (health === 'unhealthy') return { state: 'failed', reason: `its health check fails: ${short(remark) || silent}` };
  if (health === 'starting')
    return { state: 'waiting', reason: `its health check has not passed yet: ${short(remark) || silent}` };
  return seconds >= steadySeconds
    ? { state: 'healthy', reason: 'running (it has no health check)' }
    : { state: 'waiting', reason: 'it has only just started' };
}

/** It ended without an error, and its restart policy would not start it again. */
export function hasEndedAsJob({ state, exitCode }: DockerContainer, policy: RestartPolicy): boolean {
  return state === 'off' && exitCode === 0 && (policy.Name === 'no' || policy.Name === 'on-failure');
}

const silent = 'it printed nothing';

/** How a Swarm service does, `seconds` after it was scaled up. Swarm calls a task running once its health check passed. */
export function swarmHealth(
  tasks: SwarmTasks,
  {
    replicas,
    healthSeconds,
    restartCondition,
  }: Pick<StoppedService & { kind: 'swarm' }, 'replicas' | 'healthSeconds' | 'restartCondition'>,
  seconds: number,
): HealthStatus {
  const hasSettled = tasks.running === 0 || healthSeconds !== null || seconds >= steadySeconds;
  const isJob = restartCondition !== 'any' && tasks.complete > 0;
  if (isJob && tasks.running + tasks.complete >= replicas && hasSettled) {
    const reason = `${tasks.complete} of ${replicas} tasks ended with code 0, as a job does (restart condition ${restartCondition})`;
    return { state: 'done', reason };
  }
  if (tasks.running >= replicas && hasSettled) {
    return { state: 'healthy', reason: `${tasks.running} of ${replicas} tasks running` };
  }
  const reason = `${tasks.running} of ${replicas} tasks running${tasks.remark ? `: ${short(tasks.remark)}` : ''}`;
  // One that Swarm does not start again is not going to come up either.
  const limit = restartCondition === 'none' ? 1 : failedTasksLimit;
  return { state: tasks.failed >= limit ? 'failed' : 'waiting', reason };
}

const short = (text: string) => (text.length > 160 ? `${text.slice(0, 159)}…` : text).replaceAll(/\s+/g, ' ').trim();
