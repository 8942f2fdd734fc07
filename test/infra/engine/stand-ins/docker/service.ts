import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceArgs } from '@pulumi/docker';
import { type InputNames, PartiallyCreated, type ResourceType } from '../resource.ts';
import { nanoseconds } from './duration.ts';
import { engine, nullIfAbsent } from './engine.ts';
import { readBack } from './service-read.ts';
import { rolloutNames, type ServiceInputs, serviceRequest, taskNames } from './service-request.ts';

/** `docker:index/service:Service`. With a `convergeConfig` it waits until the tasks run, and fails when Swarm rolls back. */
export const service: ResourceType = {
  replaces: { name: true, mode: { global: true, replicated: { replicas: true } } } satisfies InputNames<ServiceArgs>,
  updates: {
    taskSpec: taskNames,
    labels: { label: true, value: true },
    endpointSpec: {
      mode: true,
      ports: { targetPort: true, publishedPort: true, publishMode: true, protocol: true, name: true },
    },
    updateConfig: rolloutNames,
    rollbackConfig: rolloutNames,
    convergeConfig: { delay: true, timeout: true },
  } satisfies InputNames<ServiceArgs>,
  deleteBeforeReplace: true,
  computed: ['name'],
  async create(values, resourceName) {
    const inputs = values as ServiceInputs;
    const name = inputs.name ?? resourceName;
    const { id } = await engine.createService(serviceRequest(inputs, name));
    await converge(id, inputs, { name });
    return { id, read: { name, ...(await readService(id, inputs)) } };
  },
  async read(id, state) {
    const found = await nullIfAbsent(engine.getService(id).inspect());
    return found && { name: found.Spec.Name, ...(await readService(id, state as ServiceInputs)) };
  },
  async update(id, _before, values) {
    const inputs = values as ServiceInputs;
    const there = engine.getService(id);
    const { Version, Spec } = await there.inspect();
    await there.update({ version: Version.Index, ...serviceRequest(inputs, Spec.Name) });
    await converge(id, inputs, { name: Spec.Name });
    return { name: Spec.Name, ...(await readService(id, inputs)) };
  },
  async remove(id) {
    await nullIfAbsent(engine.getService(id).remove());
    while ((await tasksOf(id)).some(({ Status }) => Status.ContainerStatus?.PID)) await sleep(200);
  },
};

async function readService(id: string, given: ServiceInputs): Promise<Partial<ServiceInputs>> {
  const { Spec } = await engine.getService(id).inspect();
  return readBack(given, Spec.TaskTemplate.Networks ?? []);
}

type Task = {
  readonly DesiredState: string;
  readonly Version: { readonly Index: number };
  readonly Status: {
    readonly State: string;
    readonly Err?: string;
    readonly ContainerStatus?: { readonly PID?: number };
  };
};

async function tasksOf(id: string): Promise<Task[]> {
  return (await nullIfAbsent(engine.listTasks({ filters: JSON.stringify({ service: [id] }) }))) ?? [];
}

async function converge(id: string, inputs: ServiceInputs, read: { name: string }): Promise<void> {
  if (!inputs.convergeConfig) return;
  const until = performance.now() + nanoseconds(inputs.convergeConfig.timeout ?? '3m0s') / 1e6;
  for (;;) {
    const { UpdateStatus } = await engine.getService(id).inspect();
    const state: string = UpdateStatus?.State ?? 'completed';
    const tasks = await tasksOf(id);
    if (state.startsWith('rollback_completed') || state.endsWith('paused')) {
      throw new PartiallyCreated(id, read, `service did not converge: ${UpdateStatus.Message}`);
    }
    const wanted = inputs.mode?.global ? 1 : (inputs.mode?.replicated?.replicas ?? 1);
    const running = tasks.filter((task) => task.DesiredState === 'running' && task.Status.State === 'running');
    if (state === 'completed' && running.length >= wanted) return;
    if (performance.now() > until) {
      const errors = new Set(tasks.map(({ Status }) => Status.Err ?? Status.State));
      throw new PartiallyCreated(id, read, `service did not converge in time: ${[...errors].join('; ')}`);
    }
    await sleep(300);
  }
}
