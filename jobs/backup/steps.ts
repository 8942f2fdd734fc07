import type { History } from '../monitoring/history/history.ts';
import type { Clock } from '../runtime/clock.ts';
import { formatDuration } from '../runtime/format.ts';
import type { Log } from '../runtime/log.ts';
import type { Progress, Step } from '../runtime/progress.ts';

export type Tools = {
  readonly history: History;
  readonly clock: Clock;
  readonly log: Log;
  readonly progress: Progress;
};

/** Makes the progress bar of a step, for a known number of bytes. */
export type Bar = (totalBytes: number) => Step;

/** Runs one named step: its name goes into the history first, a bar can show it, and `tell` gives the line that ends it. */
export type RunStep = <T>(name: string, work: (bar: Bar) => Promise<T>, tell?: (result: T) => string) => Promise<T>;

/** A `RunStep` for the run `id` of the history. */
export function stepsOf(id: number, { history, log, progress }: Tools): RunStep {
  return async (name, work, tell) => {
    history.step(id, name);
    const began = performance.now();
    const bars: Step[] = [];
    const bar: Bar = (totalBytes) => {
      const made = progress.start(name, totalBytes);
      bars.push(made);
      return made;
    };
    const result = await work(bar).finally(() => {
      for (const made of bars) made.stop();
    });
    if (tell !== undefined) {
      log.line(`${name}: ${tell(result)} (${formatDuration((performance.now() - began) / 1000)})`);
    }
    return result;
  };
}
