import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Environment } from '../jobs/runtime/cli-context.ts';

const program = path.resolve(import.meta.dirname, '..', 'jobs', 'nightshift.mjs');

export type Finished = { readonly code: number | null; readonly out: string; readonly err: string };

export type Running = {
  readonly child: ChildProcess;
  /** Resolves once stdout or stderr has had this text. */
  said(text: string | RegExp): Promise<void>;
  readonly finished: Promise<Finished>;
};

/** Starts the real command in a process of its own, with no environment but the given one (and where Node keeps compiled code). */
export function startNightshift(args: readonly string[], environment: Environment): Running {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, ...environment };
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  const heard = new EventTarget();
  const collect = (chunk: Buffer, isError: boolean) => {
    if (isError) err += chunk;
    else out += chunk;
    heard.dispatchEvent(new Event('text'));
  };
  child.stdout.on('data', (chunk) => collect(chunk, false));
  child.stderr.on('data', (chunk) => collect(chunk, true));
  const finished = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err }));
  const hasSaid = (text: string | RegExp) =>
    typeof text === 'string' ? (out + err).includes(text) : text.test(out + err);
  return {
    child,
    finished,
    async said(text) {
      const ended = finished.then(({ code }) => {
        if (!hasSaid(text)) throw new Error(`ended with ${code} without saying ${text}:\n${out}${err}`);
      });
      while (!hasSaid(text)) await Promise.race([once(heard, 'text'), ended]);
    },
  };
}

/** Runs the real command to its end. */
export function nightshift(args: readonly string[], environment: Environment): Promise<Finished> {
  return startNightshift(args, environment).finished;
}
