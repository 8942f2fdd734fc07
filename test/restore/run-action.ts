import { setImmediate as turn } from 'node:timers/promises';
import { type Checkpoint, noCheckpoint } from '../../jobs/restore/files/checkpoint.ts';
import type { CliOptions } from '../../jobs/restore/options/cli-options.ts';
import type { Prompt } from '../../jobs/restore/plan/prompts.ts';
import { runAction } from '../../jobs/restore/run/run-action.ts';
import type { DockerEngine } from '../../jobs/restore/services/docker/docker-engine.ts';
import { dockerServiceManager } from '../../jobs/restore/services/docker/docker-service-manager.ts';
import { noDocker } from '../../jobs/restore/services/docker/no-docker.ts';
import type { Environment } from '../../jobs/runtime/cli-context.ts';
import { type Clock, systemClock } from '../../jobs/runtime/clock.ts';
import { asFailure } from '../../jobs/runtime/errors.ts';
import { failureText } from '../../jobs/runtime/log.ts';
import { fakeEngine } from './fake-engine.ts';

/** What one `nightshift restore` did: the code of its failure, or `done`; and all it printed. */
export type ActionResult = { readonly ending: string; readonly text: string };

type RunRestoreDeps = {
  readonly engine?: DockerEngine;
  readonly checkpoint?: Checkpoint;
  readonly options?: Partial<CliOptions>;
  /** Answers its questions, and it is run without --yes; without it there is no terminal. */
  readonly prompt?: Prompt;
  readonly signal?: AbortSignal;
};

const begun = systemClock.now();
let milliseconds = 0;
/**
 * Stands but for who sleeps by it, and for a millisecond at each look: how long the machine takes decides nothing. Begins with
 * the system's.
 */
export const fastClock: Clock = {
  now() {
    milliseconds += 1;
    return begun.add({ milliseconds });
  },
  async sleep(more) {
    milliseconds += more;
    await turn();
  },
};

/** `nightshift restore [FILE] --yes` in this process, as the command does it, with an engine and checkpoints of the test. */
export async function runRestore(
  file: string | undefined,
  environment: Environment,
  deps: RunRestoreDeps,
): Promise<ActionResult> {
  let text = '';
  const keep = (more: string) => {
    text += more;
  };
  const typed = {
    file,
    folder: undefined,
    ...(deps.prompt === undefined ? { yes: true as const } : {}),
    docker: false,
    healthRollback: true,
    ...deps.options,
  } as const;
  const { signal = new AbortController().signal } = deps;
  const context = { environment, clock: fastClock, signal, out: keep, err: keep, interactive: false };
  const { engine = noDocker, checkpoint = noCheckpoint, prompt = null } = deps;
  try {
    await runAction(typed, context, { services: dockerServiceManager(engine, fastClock), checkpoint, prompt });
    return { ending: 'done', text };
  } catch (error) {
    const failure = asFailure(error);
    return { ending: failure.code, text: `${text}${failureText(failure)}\n` };
  }
}

/** No Docker, or a fake that remembers its services in a file. */
export function fakeEngineOrNone(services: string, database: string): DockerEngine {
  return services === '' ? noDocker : fakeEngine(services, database);
}
