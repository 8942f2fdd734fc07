import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import Sqlite from 'better-sqlite3';

const program = path.resolve(import.meta.dirname, '..', '..', 'dist', 'sqlite-backup', 'nightshift.mjs');

/** Memory of the backup service asleep after its first backup, with and without the health server, beside a bare Node. */
export async function benchIdle(folder: string): Promise<void> {
  console.log('\nasleep: resident memory, and the part of it that is no file shared with other Nodes');
  tell('bare node', await sleeping(['-e', 'setInterval(() => {}, 1e6); console.log("next backup")'], {}));
  for (const [name, extra] of [
    ['service', {}],
    ['service, HTTP_PORT', { HTTP_PORT: '19187' }],
  ] as const) {
    const place = path.join(folder, `idle-${Object.keys(extra).length}`);
    for (const part of ['store', 'state', 'staging']) mkdirSync(path.join(place, part), { recursive: true });
    const database = path.join(place, 'small.db');
    new Sqlite(database).exec('CREATE TABLE one (x); INSERT INTO one VALUES (1)').close();
    const environment = {
      DATABASE_PATH: database,
      BACKUP_STORE: pathToFileURL(path.join(place, 'store')).href,
      STATE_DIR: path.join(place, 'state'),
      STAGING_DIR: path.join(place, 'staging'),
      ...extra,
    };
    tell(name, await sleeping([program, 'backup', '--schedule'], environment));
  }
}

/** Starts a process, waits for its line `next backup` and three seconds more, and reads its memory in MiB. */
async function sleeping(args: readonly string[], environment: Record<string, string>) {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(child.stdout)) if (line.includes('next backup')) break;
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const mib = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  child.kill('SIGTERM');
  return { resident: mib('VmRSS'), own: mib('RssAnon') };
}

function tell(name: string, { resident, own }: { resident: number; own: number }): void {
  console.log(`  ${name.padEnd(20)} ${resident.toFixed(0)} MiB, ${own.toFixed(0)} MiB`);
}
