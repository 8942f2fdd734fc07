import type { Container, Tasks } from './engine.ts';

/** `ended`: it came up and went down again, or never did; it may come up when started once more. */
export type Verdict = { readonly state: 'well' | 'waiting' | 'failed' | 'ended'; readonly reason: string };

/** How often a container that ended is started again, when its own restart policy would do so. */
export const restartsLimit = 2;

/** A container without a health check counts as well when it has stayed up for this long. */
const settledSeconds = 2;
/** Swarm starts a failed task again by itself; after this many failures it is not going to come up. */
const failedTasksLimit = 3;
/** Time for a first look at the database and slow disks, on top of what the service's own health check may take. */
const leastSeconds = 60;
const marginSeconds = 10;

/** How a container does, `seconds` after its start. Null: it is gone. */
export function verdictOnContainer(container: Container | null, seconds: number): Verdict {
  if (container === null) return { state: 'failed', reason: 'it was removed' };
  const { state, health, remark } = container;
  if (state === 'off') return { state: 'ended', reason: short(remark) };
  if (state !== 'running') return { state: 'failed', reason: short(remark) || `it is ${state}` };
  if (health === 'healthy') return { state: 'well', reason: 'healthy' };
  if (health === 'unhealthy') return { state: 'failed', reason: `its health check fails: ${short(remark) || silent}` };
  if (health === 'starting')
    return { state: 'waiting', reason: `its health check has not passed yet: ${short(remark) || silent}` };
  return seconds >= settledSeconds
    ? { state: 'well', reason: 'running (it has no health check)' }
    : { state: 'waiting', reason: 'it has only just started' };
}

const silent = 'it printed nothing';

/** How a Swarm service does, `seconds` after it was scaled up. Swarm calls a task running once its health check passed. */
export function verdictOnTasks(
  tasks: Tasks,
  { replicas, healthSeconds }: { readonly replicas: number; readonly healthSeconds: number | null },
  seconds: number,
): Verdict {
  const hasSettled = healthSeconds !== null || seconds >= settledSeconds;
  if (tasks.running >= replicas && hasSettled) {
    return { state: 'well', reason: `${tasks.running} of ${replicas} tasks running` };
  }
  const reason = `${tasks.running} of ${replicas} tasks running${tasks.remark ? `: ${short(tasks.remark)}` : ''}`;
  return { state: tasks.failed >= failedTasksLimit ? 'failed' : 'waiting', reason };
}

/** How long to wait for a verdict: as asked, else as long as the service's own health check may take, and a minute at least. */
export function healthLimit(healthSeconds: number | null, asked: number | null): number {
  return asked ?? Math.max(leastSeconds, (healthSeconds ?? 0) + marginSeconds);
}

const short = (text: string) => (text.length > 160 ? `${text.slice(0, 159)}…` : text).replaceAll(/\s+/g, ' ').trim();
