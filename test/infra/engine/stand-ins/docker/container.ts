import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { PartiallyCreated, type ResourceType } from '../resource.ts';
import { replaces, type StandInContainerInputs, updates } from './container-inputs.ts';
import { readBack } from './container-read.ts';
import { containerRequest, updateRequest } from './container-request.ts';
import { engine, nullIfAbsent } from './engine.ts';

/** `docker:index/container:Container` as terraform-provider-docker has it. */
export const container: ResourceType = {
  replaces,
  updates,
  deleteBeforeReplace: true,
  computed: ['command', 'entrypoints', 'envs', 'healthcheck', 'init', 'labels', 'name', 'securityOpts'],
  async create(values) {
    const inputs = values as StandInContainerInputs;
    const container = await engine.createContainer(containerRequest(inputs));
    try {
      await connect(container.id, inputs.networksAdvanced ?? []);
      if (inputs.start ?? true) await container.start();
      if (inputs.wait) await waitUntilHealthy(container, inputs.waitTimeout ?? 60);
    } catch (error) {
      const found = await nullIfAbsent(container.inspect());
      throw new PartiallyCreated(container.id, found ? readBack(found, inputs) : {}, messageOf(error));
    }
    return { id: container.id, read: readBack(await container.inspect(), inputs) };
  },
  async read(id, state) {
    const inputs = state as StandInContainerInputs;
    const found = await nullIfAbsent(engine.getContainer(id).inspect());
    if (!found) return null;
    // A stopped one is no longer what must run: the next `up` finds that changed, and starts it.
    return found.State.Running ? readBack(found, inputs) : { ...readBack(found, inputs), mustRun: false };
  },
  async update(id, before, after) {
    const inputs = after as StandInContainerInputs;
    const reaches = ['restart', 'maxRetryCount', 'memory', 'memorySwap'] as const;
    if (reaches.some((name) => before[name] !== inputs[name])) {
      await engine.getContainer(id).update(updateRequest(inputs));
    }
    if (before['mustRun'] === false && inputs.mustRun !== false) await engine.getContainer(id).start();
    return readBack(await engine.getContainer(id).inspect(), inputs);
  },
  remove: (id, state) => remove(id, state as StandInContainerInputs),
};

/** Killed at once unless it has a grace: what the real provider does. */
async function remove(id: string, { destroyGraceSeconds = 0 }: StandInContainerInputs): Promise<void> {
  const there = engine.getContainer(id);
  if (!(await nullIfAbsent(there.inspect()))) return;
  if (destroyGraceSeconds > 0) await nullIfAbsent(there.stop({ t: destroyGraceSeconds }).catch(ignoreStopped));
  await there.remove({ force: true, v: true });
}

function ignoreStopped(error: unknown): void {
  if (!(error instanceof Error && 'statusCode' in error && error.statusCode === 304)) throw error;
}

/** Off the default network, then onto each: the order of the real provider. */
async function connect(id: string, networks: NonNullable<StandInContainerInputs['networksAdvanced']>): Promise<void> {
  if (networks.length === 0) return;
  await engine
    .getNetwork('bridge')
    .disconnect({ Container: id, Force: false })
    .catch((error: unknown) => {
      if (!messageOf(error).includes('is not connected')) throw error;
    });
  for (const { name, aliases } of networks) {
    await engine.getNetwork(name).connect({ Container: id, EndpointConfig: { Aliases: aliases } });
  }
}

async function waitUntilHealthy(container: Docker.Container, seconds: number): Promise<void> {
  const until = performance.now() + seconds * 1000;
  for (;;) {
    const { State } = await container.inspect();
    if (State.Health?.Status === 'healthy') return;
    if (performance.now() > until) throw new Error(`container not healthy after ${seconds} seconds`);
    await sleep(200);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
