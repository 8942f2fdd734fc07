/**
 * `nightshift restore latest --yes` that ends its own process with SIGKILL at a checkpoint.
 * arguments: the checkpoint's number or its name (0: none), a file that gets the name of each (or nothing), the fake engine's file (or nothing)
 */
import { appendFileSync } from 'node:fs';
import { fakeEngineOrNone, runRestore } from './run-action.ts';

const [, , dieAt = '0', names = '', services = ''] = process.argv;
let count = 0;

async function checkpoint(name: string): Promise<void> {
  count += 1;
  if (names !== '') appendFileSync(names, `${name}\n`);
  if (count !== Number(dieAt) && name !== dieAt) return;
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
}

const engine = fakeEngineOrNone(services, process.env['DATABASE_PATH'] ?? '');
const { ending, text } = await runRestore('latest', process.env, { engine, checkpoint });
process.stdout.write(`${text}${ending}\n`);
