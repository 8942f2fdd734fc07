import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { measure } from './measure.ts';

const program = path.resolve(import.meta.dirname, '..', '..', 'dist', 'sqlite-backup', 'nightshift.mjs');
const dockerHost = process.env['LAB_DOCKER_HOST'];

/** The old script's order of work, with a copy in the place of its download. Arguments: ARCHIVE DATABASE CONTAINERS. */
const shell = `set -e; archive=$1; db=$2; shift 2; work=$(dirname "$db")/sqlite_restore; mkdir -p "$work"
test $# = 0 || docker stop "$@" >/dev/null
cp "$archive" "$work/restored.db.gz"; gunzip -f "$work/restored.db.gz"
mv "$db" "$db.backup-$(date +%Y%m%d_%H%M%S)"; rm -f "$db-wal" "$db-shm"; mv "$work/restored.db" "$db"
chown 1000:1000 "$db"; chmod 644 "$db"
test $# = 0 || docker start "$@" >/dev/null`;

/** A service that uses the database and goes when it is told to. */
const service = `const { DatabaseSync } = require('node:sqlite');
  const db = new DatabaseSync('/data/business.db'); db.exec('BEGIN; SELECT count(*) FROM sqlite_schema; COMMIT');
  process.on('SIGTERM', () => { db.close(); process.exit(0); }); setInterval(() => {}, 1000);
  console.log('up');`;

/**
 * A restore beside the old script's order of work, on one business database: from command to services running and to done,
 * and how long the two services were down, from the first one's end to the last one's start as the engine says.
 */
export async function benchRestore(database: string, folder: string): Promise<void> {
  const place = path.join(folder, 'restore');
  for (const name of ['data', 'store', 'state', 'staging']) mkdirSync(path.join(place, name), { recursive: true });
  const target = path.join(place, 'data', 'business.db');
  const env = {
    ...process.env,
    ...(dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost }),
    DATABASE_PATH: target,
    BACKUP_STORE: pathToFileURL(path.join(place, 'store')).href,
    STATE_DIR: path.join(place, 'state'),
    STAGING_DIR: path.join(place, 'staging'),
    BACKUP_GZIP_LEVEL: '6',
  };
  copyFileSync(database, target);
  execFileSync(process.execPath, [program, 'backup'], { env, stdio: 'pipe' });
  const daily = path.join(place, 'store', 'sqlite-backups', 'daily');
  const archive = path.join(daily, readdirSync(daily).find((name) => name.endsWith('.gz')) ?? '');
  const unknown = path.join(daily, 'business_2001-01-01_020000.db.gz');
  copyFileSync(archive, unknown);

  const mib = (statSync(database).size / 2 ** 20).toFixed(0);
  const withServices = dockerHost === undefined ? 'no LAB_DOCKER_HOST: without services' : 'two services';
  console.log(
    `\nrestore of ${mib} MiB (${withServices}): until services run, until done, ratios to the shell, downtime`,
  );
  const containers = startServices(path.dirname(target));
  try {
    const base = await timed('sh', ['-c', shell, 'sh', archive, target, ...containers], env, containers);
    tell('shell order of work', base, base);
    const restore = (...args: string[]) => [program, 'restore', ...args, '--yes', ...dockerless];
    tell('nightshift, verified', await timed(process.execPath, restore('latest'), env, containers), base);
    const noMetadata = restore(path.basename(unknown), 'daily');
    tell('nightshift, no metadata', await timed(process.execPath, noMetadata, env, containers), base);
  } finally {
    if (containers.length > 0) docker('rm', '-f', ...containers);
    rmSync(place, { recursive: true });
  }
}

const dockerless = dockerHost === undefined ? ['--no-docker'] : [];

/** `up`: from the command to the last service's start; nightshift then goes on until it has seen that they are well. */
type Timed = { readonly seconds: number; readonly up: number; readonly down: number | null };

async function timed(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  containers: readonly string[],
): Promise<Timed> {
  await untilUp(containers);
  const began = Date.now();
  const { seconds } = await measure(command, args, { env });
  if (containers.length === 0) return { seconds, up: seconds, down: null };
  const startedAt = Math.max(...engineTimes('StartedAt', containers));
  const finishedAt = Math.min(...engineTimes('FinishedAt', containers));
  return { seconds, up: (startedAt - began) / 1000, down: (startedAt - finishedAt) / 1000 };
}

function startServices(data: string): string[] {
  if (dockerHost === undefined) return [];
  execFileSync('chown', ['-R', '1000:1000', data]);
  const suffix = randomBytes(4).toString('hex');
  return [1, 2].map((number) => {
    const name = `bench-restore-${suffix}-${number}`;
    docker(
      'run',
      '-d',
      '--name',
      name,
      '--user',
      '1000:1000',
      '-v',
      `${data}:/data`,
      'node:26-bookworm-slim',
      'node',
      '-e',
      service,
    );
    return name;
  });
}

/** A service asked to stop before it listens for that would be killed after ten seconds. */
async function untilUp(containers: readonly string[]): Promise<void> {
  for (const name of containers) {
    while (!docker('logs', '--since', docker('inspect', '-f', '{{.State.StartedAt}}', name), name).includes('up'))
      await sleep(100);
  }
}

/** Milliseconds since the epoch, as the engine says. */
function engineTimes(field: 'StartedAt' | 'FinishedAt', containers: readonly string[]): number[] {
  return containers.map(
    (name) => Temporal.Instant.from(docker('inspect', '-f', `{{.State.${field}}}`, name)).epochMilliseconds,
  );
}

function docker(...args: string[]): string {
  const env = { ...process.env, DOCKER_HOST: dockerHost };
  return execFileSync('docker', args, { env, encoding: 'utf8' }).trim();
}

function tell(name: string, { seconds, up, down }: Timed, base: Timed): void {
  const figure = (value: number, of: number) =>
    `${value.toFixed(1).padStart(7)} s ${(value / of).toFixed(2).padStart(6)}x`;
  const downtime = down === null ? '-' : `${down.toFixed(2)} s`;
  console.log(`  ${name.padEnd(24)} ${figure(up, base.up)}  ${figure(seconds, base.seconds)}  ${downtime.padStart(8)}`);
}
