import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { DockerEngine } from '../../jobs/restore/services/docker/docker-engine.ts';
import { type FakeServices, readServices } from './fake-engine.ts';
import { fakeEngineOrNone, runRestore } from './run-action.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

const dying = path.join(import.meta.dirname, 'dying-process.ts');
const always = { Name: 'unless-stopped', MaximumRetryCount: 0 };
const never = { Name: 'no', MaximumRetryCount: 0 };

type Variant = {
  readonly name: string;
  readonly services: FakeServices | null;
  readonly endsAs: 'new' | 'old';
  /** Restores are really killed, one for each checkpoint; else one restore's files are copied at each: a kill leaves the same. */
  readonly reallyKilled: boolean;
};

const variants: readonly Variant[] = [
  { name: 'with no service', services: null, endsAs: 'new', reallyKilled: false },
  {
    name: 'with services, one of them off',
    services: {
      web: { running: true, policy: always, healthyOn: 'any' },
      worker: { running: true, policy: never, healthyOn: 'any' },
      spare: { running: false, policy: always, healthyOn: 'any' },
    },
    endsAs: 'new',
    reallyKilled: true,
  },
  {
    name: 'with a service that is unhealthy on the restored data, so that it is rolled back',
    services: {
      web: { running: true, policy: always, healthyOn: 'any' },
      worker: { running: true, policy: always, healthyOn: 'old' },
    },
    endsAs: 'old',
    reallyKilled: false,
  },
];

for (const variant of variants) {
  test(`killed at any step, ${variant.name}: one more restore leaves one complete database, services as they were`, async (t) => {
    const databases = makeTestDatabases();
    t.after(() => databases.remove());
    const kills = variant.reallyKilled ? await killsAt(databases, variant) : await copiesAt(databases, variant);
    assert.ok(kills.length > 20, `only ${kills.length} checkpoints`);
    for (const { name, leave } of kills) {
      const killed = await leave();
      const { text } = await runRestore(undefined, databases.environment, { engine: engineFor(databases, variant) });
      requireWhole(databases, variant, `killed at: ${name}\n${killed}\n${text}`);
    }
  });
}

/** A checkpoint, and what leaves the files as a restore that was killed there does. It returns what that one had printed. */
type Kill = { readonly name: string; leave(): Promise<string> };

async function killsAt(databases: TestDatabases, variant: Variant): Promise<Kill[]> {
  const namesFile = path.join(databases.folder, 'names');
  prepare(databases, variant);
  const { text } = await run(databases, variant, 0, namesFile);
  requireUndisturbed(databases, variant, text);
  const names = readFileSync(namesFile, 'utf8').trim().split('\n');
  return names.map((name, index) => ({
    name,
    async leave() {
      prepare(databases, variant);
      const killed = await run(databases, variant, index + 1);
      assert.equal(killed.signal, 'SIGKILL', `${name}: ${killed.text}`);
      return killed.text;
    },
  }));
}

async function copiesAt(databases: TestDatabases, variant: Variant): Promise<Kill[]> {
  const kills: Kill[] = [];
  const written = ['data', 'state', 'services.json'];
  const copy = (from: string, to: string) => {
    for (const name of written) {
      rmSync(path.join(to, name), { recursive: true, force: true });
      cpSync(path.join(from, name), path.join(to, name), { recursive: true });
    }
  };
  const checkpoint = async (name: string) => {
    const copies = path.join(databases.folder, `copies-${kills.length}`);
    mkdirSync(copies);
    copy(databases.folder, copies);
    kills.push({
      name,
      async leave() {
        copy(copies, databases.folder);
        return '';
      },
    });
  };
  prepare(databases, variant);
  const engine = engineFor(databases, variant);
  const { text } = await runRestore('latest', databases.environment, { engine, checkpoint });
  requireUndisturbed(databases, variant, text);
  return kills;
}

function requireUndisturbed(databases: TestDatabases, variant: Variant, text: string): void {
  requireWhole(databases, variant, text);
  assert.equal(holds(databases.database), complete[variant.endsAs], text);
}

function engineFor(databases: TestDatabases, { services }: Variant): DockerEngine {
  return fakeEngineOrNone(services === null ? '' : serviceFile(databases), databases.database);
}

const serviceFile = ({ folder }: TestDatabases) => path.join(folder, 'services.json');

function prepare(databases: TestDatabases, { services }: Variant): void {
  databases.reset();
  writeFileSync(serviceFile(databases), JSON.stringify(services ?? {}));
}

/** Runs `restore latest --yes` in a process that kills itself at a checkpoint; 0 for none. */
async function run(databases: TestDatabases, { services }: Variant, dieAt: number, names = '') {
  const args = [dying, String(dieAt), names, services === null ? '' : serviceFile(databases)];
  const child = spawn(process.execPath, args, { env: databases.environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const [, signal] = await once(child, 'close');
  return { signal, text };
}

/** One complete database in place, what it replaced complete beside it, nothing half done, services as they were. */
function requireWhole(databases: TestDatabases, { services, endsAs }: Variant, context: string): void {
  const beside = readdirSync(path.dirname(databases.database)).filter((name) => !/^shop\.db(-wal|-shm)?$/.test(name));
  const safetyCopies = beside.filter((name) => /^shop\.db\.backup-[\d_-]+$/.test(name));
  const others = beside.filter((name) => !/^shop\.db\.((backup|rejected)-.*|nightshift-lock)$/.test(name));
  const inPlace = holds(databases.database);
  const isOld = endsAs === 'old' || inPlace === complete.old;
  assert.deepEqual(
    {
      inPlace,
      safetyCopies: safetyCopies.map((name) => holds(path.join(path.dirname(databases.database), name))),
      others,
      services: readServices(serviceFile(databases)),
    },
    {
      inPlace: isOld ? complete.old : complete.new,
      safetyCopies: isOld ? [] : [complete.old],
      others: [],
      services: services ?? {},
    },
    context,
  );
}
