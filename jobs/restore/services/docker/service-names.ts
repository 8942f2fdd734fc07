import type { SwarmService } from './docker-engine.ts';
import {
  type ContainersOfHost,
  composeService,
  isOneOff,
  isOwn,
  isOwnService,
  stackName,
  swarmServiceId,
} from './docker-labels.ts';

/** All names that `wanted` may have: of containers, Compose services, and Swarm services with and without that of their stack. */
export function serviceNames({
  containers,
  swarmServices,
  self,
}: ContainersOfHost & { readonly swarmServices: readonly SwarmService[] }): string[] {
  const others = containers.filter(({ labels }) => labels[swarmServiceId] === undefined);
  const ofContainers = others
    .filter((container) => !isOwn(container, self))
    .flatMap(({ name, labels }) => [name, (isOneOff(labels) ? null : labels[composeService]) ?? name]);
  const ofSwarm = swarmServices
    .filter((service) => !isOwnService(service, { containers, self }))
    .flatMap(({ name, labels }) => {
      const stack = `${labels[stackName]}_`;
      return name.startsWith(stack) ? [name, name.slice(stack.length)] : [name];
    });
  return [...new Set([...ofContainers, ...ofSwarm])].toSorted();
}
