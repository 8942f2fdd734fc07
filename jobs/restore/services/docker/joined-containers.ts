import type { JoinedContainer } from '../stopped-service.ts';
import type { DockerContainer } from './docker-engine.ts';

export type FoundJoined = { readonly container: DockerContainer; readonly joined: JoinedContainer };

/**
 * The containers that share a namespace with one of `stopping` (ids), themselves or through another that does, without those.
 * Each comes after the ones that it joins.
 */
export function joinedTo(stopping: readonly string[], containers: readonly DockerContainer[]): FoundJoined[] {
  const restarted = [...stopping];
  const found: FoundJoined[] = [];
  for (let known = -1; known !== restarted.length; ) {
    known = restarted.length;
    for (const container of containers) {
      if (container.state === 'off' || restarted.includes(container.id)) continue;
      const owners = ownersOf(container, containers).filter(({ owner }) => restarted.includes(owner.id));
      if (owners.length === 0) continue;
      found.push({ container, joined: joinedContainer(container, owners) });
      restarted.push(container.id);
    }
  }
  return found;
}

type Owner = { readonly owner: DockerContainer; readonly kind: string };

/** The containers whose namespaces a container runs in. */
export function ownersOf({ shares }: DockerContainer, containers: readonly DockerContainer[]): Owner[] {
  return shares.flatMap(({ of, kind }) => {
    const owner = containers.find(({ id, name }) => id === of || name === of);
    return owner === undefined ? [] : { owner, kind };
  });
}

function joinedContainer(container: DockerContainer, owners: readonly Owner[]): JoinedContainer {
  const { id, name, restartPolicy, stopTimeoutSeconds, healthSeconds } = container;
  const shares = `shares ${owners.map(({ owner, kind }) => `the ${kind} of ${owner.name}`).join(' and ')}`;
  const service = { kind: 'container', id, name, restartPolicy, stopTimeoutSeconds, healthSeconds } as const;
  return { ...service, shares, owners: owners.map(({ owner }) => owner.id) };
}
