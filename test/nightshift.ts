import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { deploymentCommands } from '../infra/commands.ts';
import { runCommandLine } from '../jobs/command-line.ts';
import type { Environment } from '../jobs/runtime/cli-context.ts';
import { systemClock } from '../jobs/runtime/clock.ts';

/** The command of the checkout, which has the deployment's commands too. */
export const sourceProgram = path.resolve(import.meta.dirname, '..', 'jobs', 'nightshift.mjs');
/** The command as `npm test` built it; test files that are run by themselves run the sources. */
export const program = process.env['NIGHTSHIFT_PROGRAM'] ?? sourceProgram;

export type FinishedCommand = { readonly code: number | null; readonly out: string; readonly err: string };

export type RunningCommand = {
  readonly child: ChildProcess;
  /** Resolves once stdout or stderr has had this text. */
  printed(text: string | RegExp): Promise<void>;
  readonly finished: Promise<FinishedCommand>;
};

/** Starts the real command in a process of its own, with no environment but the given one and Node's cache of compiled code. */
export function startNightshift(args: readonly string[], environment: Environment, file = program): RunningCommand {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, ...environment };
  const child = spawn(process.execPath, [file, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  const output = new EventTarget();
  const collect = (chunk: Buffer, isError: boolean) => {
    if (isError) err += chunk;
    else out += chunk;
    output.dispatchEvent(new Event('text'));
  };
  child.stdout.on('data', (chunk) => collect(chunk, false));
  child.stderr.on('data', (chunk) => collect(chunk, true));
  const finished = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err }));
  const hasPrinted = (text: string | RegExp) =>
    typeof text === 'string' ? (out + err).includes(text) : text.test(out + err);
  return {
    child,
    finished,
    async printed(text) {
      const ended = finished.then(({ code }) => {
        if (!hasPrinted(text)) throw new Error(`ended with ${code} without printing ${text}:\n${out}${err}`);
      });
      while (!hasPrinted(text)) await Promise.race([once(output, 'text'), ended]);
    },
  };
}

/** The same in this process: no start, no modules to load. For commands that print through their context alone. */
async function runInProcess(args: readonly string[], environment: Environment): Promise<FinishedCommand> {
  let out = '';
  let err = '';
  const context = {
    environment,
    clock: systemClock,
    signal: new AbortController().signal,
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    interactive: false,
  };
  const code = await runCommandLine(args, context, deploymentCommands);
  return { code, out, err };
}

/**
 * Runs the command to its end: in CI as a user does, in a process of its own; else, where it can be, in this one, which takes
 * a tenth of the time.
 */
export function nightshift(
  args: readonly string[],
  environment: Environment,
  file = program,
): Promise<FinishedCommand> {
  const needsProcess = args[0] === 'backup' || args.includes('--schedule');
  if (needsProcess || process.env['LAB'] === 'required') return startNightshift(args, environment, file).finished;
  return runInProcess(args, environment);
}
