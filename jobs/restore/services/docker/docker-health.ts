import type { HealthStatus } from '../service-manager.ts';
import type { DockerContainer, SwarmTasks } from './docker-engine.ts';

/** A container without a health check counts as healthy when it has stayed up for this long. */
const steadySeconds = 2;
/** Swarm starts a failed task again by itself; after this many failures it is not going to come up. */
const failedTasksLimit = 3;

/** How a container does, `seconds` after its start. Null: it is gone. */
export function containerHealth(container: DockerContainer | null, seconds: number): HealthStatus {
  if (container === null) return { state: 'failed', reason: 'it was removed' };
  const { state, health, remark } = container;
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

const silent = 'it printed nothing';

/** How a Swarm service does, `seconds` after it was scaled up. Swarm calls a task running once its health check passed. */
export function swarmHealth(
  tasks: SwarmTasks,
  { replicas, healthSeconds }: { readonly replicas: number; readonly healthSeconds: number | null },
  seconds: number,
): HealthStatus {
  const hasSettled = healthSeconds !== null || seconds >= steadySeconds;
  if (tasks.running >= replicas && hasSettled) {
    return { state: 'healthy', reason: `${tasks.running} of ${replicas} tasks running` };
  }
  const reason = `${tasks.running} of ${replicas} tasks running${tasks.remark ? `: ${short(tasks.remark)}` : ''}`;
  return { state: tasks.failed >= failedTasksLimit ? 'failed' : 'waiting', reason };
}

const short = (text: string) => (text.length > 160 ? `${text.slice(0, 159)}…` : text).replaceAll(/\s+/g, ' ').trim();
