import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

export type StandIns = {
  /** For PULUMI_DEBUG_PROVIDERS: the engine attaches to these instead of starting plugins. */
  readonly debugProviders: string;
  /** What they wrote to standard error so far. */
  errors(): string;
  stop(): Promise<void>;
};

/** Starts the three stand-ins, each in a process of its own as a plugin would be. */
export async function startStandIns(env: Record<string, string>): Promise<StandIns> {
  const errors: string[] = [];
  const started = await Promise.all(['docker', 'linode', 'command'].map((name) => start(name, env, errors)));
  return {
    debugProviders: started.map(({ name, port }) => `${name}:${port}`).join(','),
    errors: () => errors.join(''),
    async stop() {
      for (const { child } of started) {
        const closed = once(child, 'close');
        if (child.exitCode === null && child.kill()) await closed;
      }
    },
  };
}

async function start(name: string, env: Record<string, string>, errors: string[]) {
  const file = path.join(import.meta.dirname, 'stand-ins', `${name}-process.ts`);
  const child: ChildProcess = spawn(process.execPath, [file], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  if (!child.stdout) throw new Error(`The stand-in ${name} has no output.`);
  for await (const line of createInterface({ input: child.stdout })) {
    if (/^\d+$/.test(line)) return { name, port: line, child };
  }
  throw new Error(`The stand-in ${name} did not start: ${errors.join('')}`);
}
