import { spawn } from 'node:child_process';

export type CommandOptions = {
  /** Written to its standard input. */
  readonly input: string;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
  readonly cwd?: string;
  /** Its whole environment, by default this process's own. */
  readonly env?: NodeJS.ProcessEnv;
};

/** `code` is null, and `error` says why, when the command did not start or was killed after its time limit. */
export type CommandOutput = {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly error: Error | null;
};

/** Runs a command to its end. Throws only when `signal` is aborted. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { input, signal, timeoutMs, cwd, env }: CommandOptions,
): Promise<CommandOutput> {
  const limit = timeoutMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const child = spawn(command, args, { cwd, env, stdio: 'pipe', signal: limit });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const { promise, resolve } = Promise.withResolvers<CommandOutput>();
  child.on('error', (error) => resolve({ code: null, out, err: `${err}${error.message}`, error }));
  child.on('close', (code) => resolve({ code, out, err, error: null }));
  const output = await promise;
  signal.throwIfAborted();
  return output;
}
