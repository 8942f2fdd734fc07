import type { DockerContainer, SwarmService } from './docker-engine.ts';

export const composeService = 'com.docker.compose.service';
export const composeProject = 'com.docker.compose.project';
const composeOneOff = 'com.docker.compose.oneoff';
export const swarmServiceId = 'com.docker.swarm.service.id';
export const stackName = 'com.docker.stack.namespace';

/** Nightshift's images carry it, so every container made from one does; so do the services that the deployment makes. */
const ownLabel = 'nightshift.job';

/** Made by `docker compose run`: no part of its service. */
export const isOneOff = (labels: DockerContainer['labels']) => labels[composeOneOff]?.toLowerCase() === 'true';

/** All containers, and the one that this process runs in. */
export type ContainersOfHost = { readonly containers: readonly DockerContainer[]; readonly self: string | null };

/** Whether a container is one of nightshift's own (or this very one), which is never stopped. */
export function isOwn({ id, labels }: DockerContainer, self: string | null): boolean {
  return id === self || ownLabel in labels;
}

/** A Swarm service does not show the labels of its image; its containers do. */
export function isOwnService({ id, labels }: SwarmService, { containers, self }: ContainersOfHost): boolean {
  return (
    ownLabel in labels ||
    containers.some((container) => container.labels[swarmServiceId] === id && isOwn(container, self))
  );
}

/** Its whole name, or the one within its stack. */
export function isSwarmServiceName({ name, labels }: SwarmService, wanted: string): boolean {
  return name === wanted || name === `${labels[stackName]}_${wanted}`;
}
