import { type Clock, localTimestamp } from './clock.ts';
import type { Failure } from './errors.ts';

/** What a person reads: plain lines with the local time, problems on stderr. */
export type Log = {
  line(text: string): void;
  warn(text: string): void;
  failure(failure: Failure): void;
};

type LogStreams = { out: (text: string) => void; err: (text: string) => void };

const consoleStreams: LogStreams = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
};

/** A log that writes `[2025-11-30 02:00:01] text`; time in `zone`. */
export function createLog(clock: Clock, zone: string, streams: LogStreams = consoleStreams): Log {
  const stamp = () => `[${localTimestamp(clock.now(), zone)}]`;
  return {
    line: (text) => streams.out(`${stamp()} ${text}\n`),
    warn: (text) => streams.err(`${stamp()} WARNING ${text}\n`),
    failure: (failure) => streams.err(`${stamp()} ERROR ${failureText(failure)}\n`),
  };
}

/** `CODE: message`, then what to do, indented. */
export function failureText(failure: Failure): string {
  const hint = failure.hint.replaceAll('\n', '\n    ');
  return `${failure.code}: ${failure.message}\n    What to do: ${hint}`;
}
