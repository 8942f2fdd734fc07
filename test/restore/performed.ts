import { defaultOwner } from '../../jobs/restore/choice/request.ts';
import { perform } from '../../jobs/restore/perform.ts';
import type { Engine } from '../../jobs/restore/services/engine.ts';
import { noEngine } from '../../jobs/restore/services/no-engine.ts';
import { type Checkpoint, noCheckpoint } from '../../jobs/restore/switch/checkpoint.ts';
import type { Typed } from '../../jobs/restore/typed.ts';
import type { Environment } from '../../jobs/runtime/cli-context.ts';
import { type Clock, systemClock } from '../../jobs/runtime/clock.ts';
import { asFailure } from '../../jobs/runtime/errors.ts';
import { failureText } from '../../jobs/runtime/log.ts';
import { fakeEngine } from './fake-engine.ts';

/** What one `nightshift restore` did: the code of its failure, or `done`; and all it printed. */
export type Performed = { readonly ending: string; readonly text: string };

type Parts = {
  readonly engine?: Engine;
  readonly checkpoint?: Checkpoint;
  readonly options?: Partial<Typed>;
};

const begun = systemClock.now();
/** Twenty times as fast, so that a test waits less for what settles. */
export const fastClock: Clock = {
  now: () => begun.add({ milliseconds: Math.round(systemClock.now().since(begun).total('milliseconds') * 20) }),
};

/** `nightshift restore [FILE] --yes` in this process, as the command does it, with an engine and checkpoints of the test. */
export async function performed(file: string | undefined, environment: Environment, parts: Parts): Promise<Performed> {
  let text = '';
  const keep = (more: string) => {
    text += more;
  };
  const typed = {
    file,
    folder: undefined,
    yes: true,
    docker: false,
    healthRollback: true,
    owner: defaultOwner,
    mode: defaultOwner.mode,
    ...parts.options,
  } as const;
  const signal = new AbortController().signal;
  const context = { environment, clock: fastClock, signal, out: keep, err: keep, interactive: false };
  const { engine = noEngine, checkpoint = noCheckpoint } = parts;
  try {
    await perform(typed, context, { engine, checkpoint });
    return { ending: 'done', text };
  } catch (error) {
    const failure = asFailure(error);
    return { ending: failure.code, text: `${text}${failureText(failure)}\n` };
  }
}

/** No Docker, or a fake that remembers its services in a file. */
export function engineOf(services: string, database: string): Engine {
  return services === '' ? noEngine : fakeEngine(services, database);
}
