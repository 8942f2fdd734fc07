import type { SelectedService, ServiceSelection } from '../service-manager.ts';
import type { DockerContainer, DockerMount, SwarmService } from './docker-engine.ts';
import {
  composeProject,
  composeService,
  isOneOff,
  isOwn,
  isOwnService,
  isSwarmServiceName,
  swarmServiceId,
} from './docker-labels.ts';
import { type FoundJoined, joinedTo, ownersOf } from './joined-containers.ts';

const noServices: ServiceSelection = {
  stop: [],
  joined: [],
  leftAlone: [],
  staying: [],
  stopping: [],
  missing: [],
  obstacles: [],
};

/** Whether a mount of this container or Swarm service shows the database. */
export type ShowsDatabase = (owner: { readonly id: string }, mount: DockerMount) => boolean;

type SelectionFacts = {
  readonly containers: readonly DockerContainer[];
  readonly swarmServices: readonly SwarmService[];
  /** Names from RESTORE_SERVICES. */
  readonly wanted: readonly string[];
  readonly shows: ShowsDatabase;
  /** The container this process runs in. */
  readonly self: string | null;
  /** The container whose network this process uses, which may be its own; null: not known, or it runs on a host. */
  readonly selfNetwork: string | null;
};

/** Decides which services are stopped for a restore: those asked for and those that could write to the database. */
export function selectServices(facts: SelectionFacts): ServiceSelection {
  const named = merged(facts.wanted.map((name) => selectNamed(name, facts)));
  const isNamed = isAmong(named.stop);
  const selection = merged([
    named,
    ...facts.swarmServices.map((service) => selectWritingSwarmService(service, facts)),
    ...facts.containers
      .filter((container) => !isNamed(container))
      .toSorted(byName)
      .map((container) => selectWritingContainer(container, facts)),
  ]);
  const stop = selection.stop.filter(({ service }, at, all) => {
    return all.findIndex((other) => other.service.id === service.id) === at;
  });
  const stopping = facts.containers.filter(isAmong(stop)).map(({ id }) => id);
  const joined = joinedTo(stopping, facts.containers);
  const all = merged([
    selection,
    ...joined.map((found) => selectJoined(found, facts)),
    selectOwnNetwork([...stopping, ...joined.map(({ container }) => container.id)], facts),
  ]);
  const readers = facts.containers.filter((container) => isReader(container, all, facts)).toSorted(byName);
  return {
    stop,
    joined: all.joined,
    leftAlone: [...new Set([...all.leftAlone, ...readers.map(({ name }) => `${name}: ${readsOnly}`)])],
    staying: [...new Set(all.staying)],
    stopping,
    missing: all.missing,
    obstacles: [...new Set(all.obstacles)],
  };
}

/** Those that it joins are stopped and started, so it is restarted after them, where that is enough. */
function selectJoined({ container, joined }: FoundJoined, { containers, self }: SelectionFacts): ServiceSelection {
  const { id, name, state, removedWhenStopped, shares } = container;
  if (id === self) {
    const isNeeded = shares.some(({ kind }) => kind !== 'IPC');
    return isNeeded ? obstacle(ownNamespace(joined.shares)) : noServices;
  }
  const then = `${name}: ${joined.shares}`;
  const isTask = ({ labels }: DockerContainer) => labels[swarmServiceId] !== undefined;
  if (ownersOf(container, containers).some(({ owner }) => joined.owners.includes(owner.id) && isTask(owner))) {
    return left(`${then}, which Swarm makes anew: make ${name} anew afterwards too.`);
  }
  if (isOwn(container, self)) {
    return left(`${then}, and is one of nightshift's own, never stopped: \`docker restart ${name}\` afterwards.`);
  }
  if (state === 'paused') return left(`${then}, and is paused: \`docker restart ${name}\` afterwards.`);
  if (removedWhenStopped && shares.some(({ kind }) => kind === 'processes')) {
    return obstacle(`${name} ${joined.shares}, so it ends with it, and was started with --rm: stop it yourself first.`);
  }
  return { ...noServices, joined: [joined] };
}

/** What shares another's network does not tell which container it is, but whose network that is. */
function selectOwnNetwork(
  restarted: readonly string[],
  { self, selfNetwork, containers }: SelectionFacts,
): ServiceSelection {
  const owner = containers.find(({ id }) => self === null && id === selfNetwork && restarted.includes(id));
  return owner === undefined ? noServices : obstacle(ownNamespace(`shares the network of ${owner.name}`));
}

const ownNamespace = (shares: string) =>
  `This restore itself ${shares}, which it has to stop, and would end or be cut off with it: run it in a container of its own (without \`--pid container:…\` and \`--network container:…\`).`;

const readsOnly = 'reads the database through a read-only mount; restart it to see the restored data.';

/** Whether it stays up as it is, and may have the database open. */
function isReader(
  container: DockerContainer,
  { staying, joined }: ServiceSelection,
  { self }: SelectionFacts,
): boolean {
  const { id } = container;
  return staying.includes(id) && !isOwn(container, self) && !joined.some((other) => other.id === id);
}

function isAmong(stop: readonly SelectedService[]): (container: DockerContainer) => boolean {
  const ids = new Set(stop.map(({ service }) => service.id));
  return ({ id, labels }) => ids.has(id) || ids.has(labels[swarmServiceId] ?? '');
}

function selectNamed(name: string, facts: SelectionFacts): ServiceSelection {
  const swarm = facts.swarmServices.filter((service) => isSwarmServiceName(service, name));
  const containers = swarm.length > 0 ? [] : containersNamed(name, facts.containers);
  const running = containers.filter(({ state }) => state !== 'off');
  const projects = new Set(running.map(({ labels }) => labels[composeProject] ?? ''));
  if (swarm.length > 1 || projects.size > 1) {
    return obstacle(`${name} is the name of a service in several projects; give container names in RESTORE_SERVICES.`);
  }
  if (swarm.length === 0 && containers.length === 0) {
    return { ...left(`${name}: no container or service has this name.`), missing: [name] };
  }
  const reason = 'RESTORE_SERVICES';
  return merged([
    ...swarm.map((service) => stopSwarmService(service, reason, facts)),
    ...containers.toSorted(byName).map((container) => stopContainer(container, reason, facts)),
  ]);
}

/** A container's own name goes before a Compose service of the same name. */
function containersNamed(name: string, containers: readonly DockerContainer[]): DockerContainer[] {
  const standAlone = containers.filter(({ labels }) => labels[swarmServiceId] === undefined);
  const exact = standAlone.filter((container) => container.name === name);
  if (exact.length > 0) return exact;
  return standAlone.filter(({ labels }) => labels[composeService] === name && !isOneOff(labels));
}

function selectWritingSwarmService(service: SwarmService, facts: SelectionFacts): ServiceSelection {
  const tasks = facts.containers.filter(({ labels }) => labels[swarmServiceId] === service.id);
  const mounts = [service, ...tasks].map((owner) => databaseMount(owner, facts));
  const mount = mounts.find((found) => found?.writable);
  if (mount === null || mount === undefined) return noServices;
  return stopSwarmService(service, writesThrough(mount), facts);
}

function selectWritingContainer(container: DockerContainer, facts: SelectionFacts): ServiceSelection {
  const mount = databaseMount(container, facts);
  if (mount === null || container.state === 'off') return noServices;
  const { name, labels } = container;
  if (container.id === facts.self) return { ...noServices, staying: [container.id] };
  if (isOwn(container, facts.self)) return stays(container, "one of nightshift's own, never stopped.");
  if (!mount.writable) return { ...noServices, staying: [container.id] };
  const service = labels[swarmServiceId];
  if (service === undefined) return stopContainer(container, writesThrough(mount), facts);
  if (facts.swarmServices.some(({ id }) => id === service)) return noServices;
  return obstacle(
    `${name} belongs to a Swarm service, and this engine is not a manager; run restore against a manager.`,
  );
}

function stopContainer(container: DockerContainer, reason: string, { self }: SelectionFacts): ServiceSelection {
  const { id, name, state, restartPolicy, stopTimeoutSeconds, healthSeconds, health } = container;
  if (isOwn(container, self)) return stays(container, "one of nightshift's own, never stopped.");
  if (state === 'off') return left(`${name}: off, and stays off.`);
  if (state === 'paused') {
    return obstacle(`${name} is paused: \`docker unpause ${name}\` or \`docker kill ${name}\` first.`);
  }
  if (container.removedWhenStopped) {
    return obstacle(
      `${name} was started with --rm and would be gone once stopped: stop it yourself, then run restore.`,
    );
  }
  const remarks = { restarting: 'in a crash loop now', running: health === 'unhealthy' ? 'unhealthy now' : null };
  const service = { kind: 'container', id, name, restartPolicy, stopTimeoutSeconds, healthSeconds } as const;
  return { ...noServices, stop: [{ service, reason, remark: remarks[state] }] };
}

function stopSwarmService(swarm: SwarmService, reason: string, facts: SelectionFacts): ServiceSelection {
  const { id, name, replicas, runningJob, restartCondition, stopTimeoutSeconds, healthSeconds } = swarm;
  if (isOwnService(swarm, facts)) return left(`${name}: one of nightshift's own, never stopped.`);
  if (replicas === 0) return left(`${name}: scaled to 0, and stays at 0.`);
  if (runningJob === false) return left(`${name}: a job that does not run now, and is not started.`);
  if (runningJob === true) {
    return obstacle(
      `${name} is a Swarm job that runs: wait until it has ended, or remove it (\`docker service rm ${name}\`).`,
    );
  }
  if (replicas === null) {
    return obstacle(`${name} is a global Swarm service, which cannot be scaled to 0: remove it for the restore.`);
  }
  const service = { kind: 'swarm', id, name, replicas, restartCondition, stopTimeoutSeconds, healthSeconds } as const;
  return { ...noServices, stop: [{ service, reason, remark: null }] };
}

/** The mount that shows the database: a writable one, and of several the first by its path. Docker lists them in no order. */
function databaseMount(owner: DockerContainer | SwarmService, { shows }: SelectionFacts): DockerMount | null {
  const showing = owner.mounts
    .filter((mount) => shows(owner, mount))
    .toSorted((a, b) => (a.destination < b.destination ? -1 : 1));
  return showing.find(({ writable }) => writable) ?? showing[0] ?? null;
}

const writesThrough = ({ sources, destination }: DockerMount) => `mounts ${sources[0]} writable at ${destination}`;
const byName = (a: DockerContainer, b: DockerContainer) => (a.name < b.name ? -1 : 1);
const left = (message: string): ServiceSelection => ({ ...noServices, leftAlone: [message] });
const stays = ({ id, name }: DockerContainer, message: string): ServiceSelection => ({
  ...left(`${name}: ${message}`),
  staying: [id],
});
const obstacle = (message: string): ServiceSelection => ({ ...noServices, obstacles: [message] });

function merged(selections: readonly ServiceSelection[]): ServiceSelection {
  return {
    stop: selections.flatMap(({ stop }) => stop),
    joined: selections.flatMap(({ joined }) => joined),
    leftAlone: selections.flatMap(({ leftAlone }) => leftAlone),
    staying: selections.flatMap(({ staying }) => staying),
    stopping: [],
    missing: selections.flatMap(({ missing }) => missing),
    obstacles: selections.flatMap(({ obstacles }) => obstacles),
  };
}
