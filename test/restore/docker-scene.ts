import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import Sqlite from 'better-sqlite3';
import type { Environment } from '../../jobs/runtime/cli-context.ts';
import { type FinishedCommand, nightshift } from '../nightshift.ts';

export const dockerHost = process.env['LAB_DOCKER_HOST'] ?? '';
export const socketPath = dockerHost.replace('unix://', '');
const run = promisify(execFile);

/** What the docker command prints, on the lab's engine. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { env: { ...process.env, DOCKER_HOST: dockerHost } });
  return stdout.trim();
}

/**
 * What a service runs: it writes to the database all the time, and its health check passes once it found the era that it
 * accepts. On SIGTERM it leaves in order after SLOW_STOP ms.
 */
const program = `
  const fs = require('node:fs');
  const { DatabaseSync } = require('node:sqlite');
  const { NAME, ACCEPTS, OTHERWISE, SLOW_STOP } = process.env;
  for (const name of ['healthy', 'leaving']) fs.rmSync('/tmp/' + name, { force: true });
  const db = new DatabaseSync('/data/shop.db');
  db.exec('PRAGMA busy_timeout = 5000');
  const { name } = db.prepare('SELECT name FROM era').get();
  if (ACCEPTS === 'any' || ACCEPTS === name) fs.writeFileSync('/tmp/healthy', '');
  else if (OTHERWISE === 'crash') process.exit(1);
  const visit = db.prepare('INSERT INTO visits (name) VALUES (?)');
  const timer = setInterval(() => visit.run(NAME), 5);
  process.on('SIGTERM', () => fs.writeFileSync('/tmp/leaving', ''));
  process.once('SIGTERM', () => setTimeout(() => {
    clearInterval(timer);
    db.close();
    fs.writeFileSync('/tmp/left-in-order', '');
    process.exit(0);
  }, Number(SLOW_STOP)));
`;

type ServiceOptions = {
  readonly accepts?: 'any' | 'current' | 'backup';
  /** What it does on another era. */
  readonly otherwise?: 'unhealthy' | 'crash';
  readonly slowStopMs?: number;
  /** More arguments of docker run. */
  readonly with?: readonly string[];
};

/** A shop with a backup of the era `backup`, and a database that now says `current`; services of a real engine use it. */
export type DockerScene = {
  readonly folder: string;
  /** Unique; names of containers begin with it. */
  readonly prefix: string;
  readonly environment: Environment;
  /** Starts a service that uses the database; when this returns it is healthy, or crashed. Returns its container's name. */
  service(name: string, options?: ServiceOptions): Promise<string>;
  restore(args?: readonly string[], changes?: Environment): Promise<FinishedCommand>;
  era(): string;
  /** What lies in the database's folder, without SQLite's -wal and -shm and the locks; `DATE` for the date of a name. */
  files(): string[];
};

export async function makeDockerScene(t: Pick<TestContext, 'after'>): Promise<DockerScene> {
  const folder = mkdtempSync(path.join(tmpdir(), 'restore-docker-'));
  const prefix = `restore-${randomBytes(4).toString('hex')}`;
  for (const name of ['data', 'state', 'staging', 'store']) {
    mkdirSync(path.join(folder, name));
    chownSync(path.join(folder, name), 1000, 1000);
  }
  const file = path.join(folder, 'data', 'shop.db');
  const environment = {
    DATABASE_PATH: file,
    BACKUP_STORE: pathToFileURL(path.join(folder, 'store')).href,
    STATE_DIR: path.join(folder, 'state'),
    STAGING_DIR: path.join(folder, 'staging'),
    DOCKER_HOST: dockerHost,
  };
  t.after(async () => {
    const left = await docker('ps', '-aq', '--filter', `name=${prefix}`);
    if (left !== '') await docker('rm', '-f', ...left.split('\n'));
    rmSync(folder, { recursive: true, force: true });
  });
  const sql = (statements: string) => new Sqlite(file).exec(statements).close();
  sql(`PRAGMA journal_mode = WAL; CREATE TABLE era (name TEXT); INSERT INTO era VALUES ('backup');
       CREATE TABLE visits (id INTEGER PRIMARY KEY, name TEXT)`);
  const backup = await nightshift(['backup'], environment);
  assert.equal(backup.code, 0, backup.err);
  sql("UPDATE era SET name = 'current'");
  chownSync(file, 1000, 1000);

  return {
    folder,
    prefix,
    environment,
    async service(name, options = {}) {
      const container = `${prefix}-${name}`;
      await docker('run', '-d', '--name', container, ...serviceArguments(name, path.dirname(file), options));
      const isThere = options.accepts === 'backup' ? isCrashing : isHealthy;
      await until(() => isThere(container), `${container} up`);
      return container;
    },
    restore: (args = ['latest', '--yes'], changes = {}) =>
      nightshift(['restore', ...args], { ...environment, ...changes }),
    era() {
      const db = new Sqlite(file, { readonly: true });
      try {
        return String(db.prepare('SELECT name FROM era').pluck().get());
      } finally {
        db.close();
      }
    },
    files: () => kept(path.dirname(file)),
  };
}

/** Arguments of docker run after `--name NAME`. */
export function serviceArguments(name: string, data: string, options: ServiceOptions = {}): string[] {
  const { accepts = 'any', otherwise = 'unhealthy', slowStopMs = 0, with: more = [] } = options;
  return [
    ...['--user', '1000:1000', '-v', `${data}:/data`, '-e', `NAME=${name}`, '-e', `ACCEPTS=${accepts}`],
    ...[
      '-e',
      `OTHERWISE=${otherwise}`,
      '-e',
      `SLOW_STOP=${slowStopMs}`,
      '--health-cmd',
      'test -e /tmp/healthy',
      '--health-interval',
      '300ms',
    ],
    ...['--health-retries', '3', '--health-timeout', '5s', ...more, 'node:26-bookworm-slim', 'node', '-e', program],
  ];
}

export const inspect = (container: string, format: string) => docker('inspect', '-f', format, container);
const isHealthy = async (container: string) => (await inspect(container, '{{.State.Health.Status}}')) === 'healthy';
const isCrashing = async (container: string) => (await inspect(container, '{{.RestartCount}}')) !== '0';

/** Such as `running healthy unless-stopped`, and when it last started. */
export async function stateOf(container: string): Promise<{ readonly state: string; readonly startedAt: string }> {
  const format =
    '{{.State.Status}} {{with .State.Health}}{{.Status}}{{end}} {{.HostConfig.RestartPolicy.Name}}|{{.State.StartedAt}}';
  const [state = '', startedAt = ''] = (await inspect(container, format)).split('|');
  return { state, startedAt };
}

function kept(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => !/-wal$|-shm$|nightshift-/.test(name));
  return names.map((name) => name.replace(/\d{4}-\d\d-\d\d_\d{6}$/, 'DATE')).toSorted();
}

/** Asks again and again, for up to a minute. */
export async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; !(await isSo()); tries += 1) {
    if (tries > 300) throw new Error(`not within a minute: ${what}`);
    await sleep(200);
  }
}
