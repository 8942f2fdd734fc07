import { spawn } from 'node:child_process';
import { once } from 'node:events';

export type Ended = { readonly code: number | null; readonly out: string };

/** Runs a command to its end, showing what it says as it says it. */
export async function run(
  command: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; cwd: string },
): Promise<Ended> {
  console.log(`\n> ${[command, ...args].join(' ')}`);
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      process.stdout.write(text);
    });
  }
  const [code] = await once(child, 'close');
  return { code, out };
}

/** As `run`, and throws when the command fails. */
export async function must(
  command: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; cwd: string },
): Promise<string> {
  const { code, out } = await run(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args[0]} ended with ${code}`);
  return out;
}
