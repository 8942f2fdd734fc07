import type { Clock } from './clock.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a command gets from the process it runs in; tests give their own. */
export type CliContext = {
  readonly environment: Environment;
  readonly clock: Clock;
  /** Aborted by SIGINT, SIGTERM, or SIGHUP (the terminal was closed). */
  readonly signal: AbortSignal;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** A person is at a terminal and can be prompted. */
  readonly interactive: boolean;
};
