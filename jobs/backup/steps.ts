import type { History } from '../monitoring/history/history.ts';
import type { Clock } from '../runtime/clock.ts';
import { formatDuration } from '../runtime/format.ts';
import type { Log } from '../runtime/log.ts';
import type { Progress, ProgressBar } from '../runtime/progress.ts';

export type StepDeps = {
  readonly history: History;
  readonly clock: Clock;
  readonly log: Log;
  readonly progress: Progress;
};

/** Makes the progress bar of a step, for a known number of bytes. */
export type StartBar = (totalBytes: number) => ProgressBar;

/** Runs one named step: its name goes into the history first, a bar can show it, and `describe` gives the line that is logged at its end. */
export type RunStep = <T>(
  name: string,
  work: (startBar: StartBar) => Promise<T>,
  describe?: (result: T) => string,
) => Promise<T>;

/** A `RunStep` for the run `id` of the history. */
export function createRunStep(id: number, { history, log, progress }: StepDeps): RunStep {
  return async (name, work, describe) => {
    history.setStep(id, name);
    const began = performance.now();
    const bars: ProgressBar[] = [];
    const startBar: StartBar = (totalBytes) => {
      const made = progress.start(name, totalBytes);
      bars.push(made);
      return made;
    };
    const result = await work(startBar).finally(() => {
      for (const made of bars) made.stop();
    });
    if (describe !== undefined) {
      log.line(`${name}: ${describe(result)} (${formatDuration((performance.now() - began) / 1000)})`);
    }
    return result;
  };
}
