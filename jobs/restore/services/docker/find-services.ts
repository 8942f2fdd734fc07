import type { HostEnvironment } from '../../usage/host-environment.ts';
import type { FoundServices } from '../service-manager.ts';
import { findDatabaseMounts } from './database-mounts.ts';
import type { DockerEngine } from './docker-engine.ts';
import { selectServices } from './select-services.ts';
import { serviceNames } from './service-names.ts';

/** The containers and Swarm services that a restore of `database` touches. Throws DOCKER_UNREACHABLE, DOCKER_FAILED. */
export async function findServices(
  database: string,
  wanted: readonly string[],
  host: HostEnvironment,
  engine: DockerEngine,
): Promise<FoundServices> {
  const [containers, swarmServices] = await Promise.all([engine.containers(), engine.swarmServices()]);
  const { shows, self, blind } = await findDatabaseMounts(database, containers, engine, host);
  const facts = { containers, swarmServices, self: self?.id ?? null };
  const services = selectServices({ ...facts, wanted, shows, selfNetwork: host.networkContainerId });
  return {
    services,
    names: serviceNames(facts),
    containers: new Set([...services.stopping, ...services.staying]),
    possibleHolders: {
      stopping: services.stop.map(({ service }) => service.name),
      staying: containers
        .filter(({ id }) => id !== self?.id && services.staying.includes(id))
        .map(({ name }) => name)
        .toSorted(),
    },
    dockerGap: blind,
  };
}
