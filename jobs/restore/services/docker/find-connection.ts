import type { Connection } from '../service-manager.ts';
import type { JoinedContainer } from '../stopped-service.ts';
import type { DockerContainer, DockerEngine } from './docker-engine.ts';
import { hasEndedAsJob } from './docker-health.ts';

/** How a container does whose namespaces belong to others, by when each of them started. Throws DOCKER_UNREACHABLE, DOCKER_FAILED. */
export async function findConnection(joined: JoinedContainer, docker: DockerEngine): Promise<Connection> {
  const container = (await docker.container(joined.id)) ?? (await docker.container(joined.name));
  if (container === null) return { state: 'lost', reason: `${joined.name} was removed` };
  const owners = await Promise.all(container.shares.map(({ of }) => docker.container(of)));
  return connectionOf(joined, container, owners);
}

/** The same of facts. `owners`: whose namespaces it was made for; null: one that is gone. */
export function connectionOf(
  { name, shares, restartPolicy }: JoinedContainer,
  container: DockerContainer,
  owners: readonly (DockerContainer | null)[],
): Connection {
  if (hasEndedAsJob(container, restartPolicy)) {
    return { state: 'done', reason: `${name} ended with code 0, as a job does (restart policy ${restartPolicy.Name})` };
  }
  if (owners.includes(null)) {
    return { state: 'lost', reason: `${name} ${shares}, whose container was replaced: make ${name} anew` };
  }
  const down = owners.find((owner) => owner?.state !== 'running');
  if (down) return { state: 'lost', reason: `${name} ${shares}, and ${down.name} does not run` };
  const isSince = (owner: DockerContainer | null) =>
    owner === null || Temporal.Instant.compare(container.startedAt, owner.startedAt) >= 0;
  if (container.state === 'running' && owners.every(isSince)) return { state: 'connected', reason: '' };
  return { state: 'cut off', reason: `${name} ${shares}` };
}
