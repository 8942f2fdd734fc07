import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { interruptedFailure } from './errors.ts';

type ForkOptions = {
  /** The child's environment but for Node's cache of compiled code: this process's own holds secrets and NODE_OPTIONS. */
  readonly env: NodeJS.ProcessEnv;
  readonly execArgv: readonly string[];
  /** `inherit`: it writes where this process does; `capture`: the end of its stderr is kept; `ignore`: neither. */
  readonly output: 'inherit' | 'capture' | 'ignore';
};

type RunOptions = ForkOptions & {
  /** Null: it is never stopped. */
  readonly signal: AbortSignal | null;
  /** Milliseconds between the request to stop and SIGKILL once `signal` aborts; 0 kills at once. */
  readonly stopGraceMs: number;
};

/** `onMessage` gets each message when it comes, the last one too. */
type MessageOptions<M> = { readonly onMessage?: (message: M) => void };

/** How a child process ended. */
export type ChildResult<M> = {
  /** What it sent last; null when it sent nothing. */
  readonly message: M | null;
  readonly exitCode: number | null;
  /** The signal that ended it, or null. */
  readonly exitSignal: NodeJS.Signals | null;
  /** The end of what it wrote there, when that is captured. */
  readonly stderr: string;
};

const stderrLength = 2000;

/** The entry of a child process, beside the module at `moduleUrl`: TypeScript in the checkout, JavaScript in the bundle. */
export function processEntry(name: string, moduleUrl: string): URL {
  return new URL(`./${name}${extname(moduleUrl)}`, moduleUrl);
}

/** Starts a child process that sends and receives messages. */
export function forkProcess(entry: URL, args: readonly string[], options: ForkOptions): ChildProcess {
  const { env, execArgv, output } = options;
  const stdout = output === 'inherit' ? 'inherit' : 'ignore';
  const stderr = output === 'capture' ? 'pipe' : stdout;
  const { NODE_COMPILE_CACHE } = process.env;
  return fork(entry, [...args], {
    env: { NODE_COMPILE_CACHE, ...env },
    execArgv: [...execArgv],
    stdio: [stdout, stdout, stderr, 'ipc'],
  });
}

/**
 * Runs a child process to its end, which is the only thing that interrupts a running query. `M` is what it sends. Throws when
 * it cannot be started. When `signal` aborts it is requested to stop (`onStopRequest`), then killed; the result says how it ended.
 */
export function runProcess<M>(
  entry: URL,
  args: readonly string[],
  options: RunOptions & MessageOptions<M>,
): Promise<ChildResult<M>> {
  const { signal, stopGraceMs, onMessage } = options;
  const child = forkProcess(entry, args, options);
  const { promise, resolve, reject } = Promise.withResolvers<ChildResult<M>>();
  let message: M | null = null;
  let stderr = '';
  const kill = () => child.kill('SIGKILL');
  const stop = () => {
    if (stopGraceMs === 0) return void kill();
    child.send('stop', () => {});
    setTimeout(kill, stopGraceMs).unref();
  };
  child.on('message', (sent) => {
    message = sent as M;
    onMessage?.(message);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-stderrLength);
  });
  child.once('error', reject);
  child.once('close', (exitCode, exitSignal) => resolve({ message, exitCode, exitSignal, stderr }));
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  return promise.finally(() => signal?.removeEventListener('abort', stop));
}

/** In the child: sends what `work` returns, then ends. It ends at once when its parent is gone, or ends it. */
export async function sendResult<M>(work: () => M | Promise<M>): Promise<void> {
  leaveSignalsToParent();
  process.on('disconnect', () => process.exit());
  const message = await work();
  process.send?.(message, () => process.exit());
}

/** In the child: calls `stop` once the parent wants it to stop, or is gone. */
export function onStopRequest(stop: () => void): void {
  process.on('message', stop);
  process.on('disconnect', stop);
  leaveSignalsToParent();
}

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A signal to the whole process group is the parent's to answer. */
function leaveSignalsToParent(): void {
  for (const signal of stopSignals) process.on(signal, () => {});
}

/** Throws INTERRUPTED when a request to stop ended a child, which it hears only until it has begun its work. */
export function throwIfStopped({ exitSignal }: Pick<ChildResult<unknown>, 'exitSignal'>): void {
  if (stopSignals.some((signal) => signal === exitSignal)) throw interruptedFailure(exitSignal);
}
