import { SingleBar } from 'cli-progress';
import { formatBytes } from './format.ts';

/** Shows how far a long step is: a bar in a terminal, nothing elsewhere (the log has a line per step). */
export type Progress = {
  /** `format` writes an amount for people; without it amounts are bytes. */
  start(name: string, total: number, format?: (amount: number) => string): ProgressBar;
};
export type ProgressBar = { advanceTo(amount: number): void; stop(): void };

export const noBar: ProgressBar = { advanceTo() {}, stop() {} };
export const noProgress: Progress = { start: () => noBar };

/** Bars among the lines of stdout when that is a terminal; nothing in a pipe or a container's log. */
export function terminalProgress(stream: NodeJS.WriteStream = process.stdout): Progress {
  if (!stream.isTTY) return noProgress;
  return {
    start(name, total, format = formatBytes) {
      const bar = new SingleBar({
        stream,
        format: `  {step} {bar} {percentage}%  {done} of {all}  {eta_formatted} left`,
        barsize: 24,
        hideCursor: true,
        clearOnComplete: true,
        etaBuffer: 50,
      });
      bar.start(Math.max(1, total), 0, { step: name.padEnd(12), done: format(0), all: format(total) });
      return {
        advanceTo: (amount) => bar.update(Math.min(amount, total), { done: format(amount) }),
        stop: () => bar.stop(),
      };
    },
  };
}
