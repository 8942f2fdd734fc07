import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { DockerEngine } from '../../jobs/restore/services/docker/docker-engine.ts';
import { everyNth } from '../sampling.ts';
import { type FakeServices, readServices } from './fake-engine.ts';
import { fakeEngineOrNone, runRestore } from './run-action.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

const dying = path.join(import.meta.dirname, 'dying-process.ts');
const always = { Name: 'unless-stopped', MaximumRetryCount: 0 };
const never = { Name: 'no', MaximumRetryCount: 0 };

const stride = everyNth(40);

type Variant = { readonly name: string; readonly services: FakeServices | null; readonly endsAs: 'new' | 'old' };

const variants: readonly Variant[] = [
  { name: 'with no service', services: null, endsAs: 'new' },
  {
    name: 'with services, one of them off, and a proxy in the network of one',
    services: {
      web: { running: true, policy: always, healthyOn: 'any', startedAt: 1 },
      proxy: { running: true, policy: always, healthyOn: 'any', startedAt: 2, joins: 'web' },
      worker: { running: true, policy: never, healthyOn: 'any' },
      spare: { running: false, policy: always, healthyOn: 'any' },
    },
    endsAs: 'new',
  },
  {
    name: 'with a service that is unhealthy on the restored data, so that it is rolled back',
    services: {
      web: { running: true, policy: always, healthyOn: 'any' },
      worker: { running: true, policy: always, healthyOn: 'old' },
    },
    endsAs: 'old',
  },
];

for (const variant of variants) {
  test(`killed at any step, ${variant.name}: one more restore leaves one complete database, services as they were`, async (t) => {
    const databases = makeTestDatabases();
    t.after(() => databases.remove());
    const checkpoints = await record(databases, variant);
    assert.ok(checkpoints.length > 20, `only ${checkpoints.length} checkpoints`);
    for (const [index, name] of checkpoints.entries()) {
      if (index % stride !== 0) continue;
      prepare(databases, variant);
      const killed = await run(databases, variant, index + 1);
      assert.equal(killed.signal, 'SIGKILL', `${name}: ${killed.text}`);
      const { text } = await runRestore(undefined, databases.environment, { engine: engineFor(databases, variant) });
      requireWhole(databases, variant, `killed at: ${name}\n${killed.text}\n${text}`);
    }
  });
}

/** The names of all checkpoints that an undisturbed restore passes. */
async function record(databases: TestDatabases, variant: Variant): Promise<string[]> {
  const names = path.join(databases.folder, 'names');
  prepare(databases, variant);
  const { text } = await run(databases, variant, 0, names);
  requireWhole(databases, variant, text);
  assert.equal(holds(databases.database), complete[variant.endsAs], text);
  return readFileSync(names, 'utf8').trim().split('\n');
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

/** How services are, and which of them started before the one whose network they are in. */
function servicesNow(databases: TestDatabases): { readonly services: FakeServices; readonly cutOff: string[] } {
  const found = Object.entries(readServices(serviceFile(databases)));
  const startOf = (wanted = '') => found.find(([name]) => name === wanted)?.[1].startedAt ?? 0;
  const services = found.map(([name, service]) => {
    const startedAt = service.joins === undefined ? 1 : 2;
    return [name, service.startedAt === undefined ? service : { ...service, startedAt }];
  });
  const cutOff = found.filter(([name, { joins }]) => joins !== undefined && startOf(name) < startOf(joins));
  return { services: Object.fromEntries(services), cutOff: cutOff.map(([name]) => name) };
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
      ...servicesNow(databases),
    },
    {
      inPlace: isOld ? complete.old : complete.new,
      safetyCopies: isOld ? [] : [complete.old],
      others: [],
      services: services ?? {},
      cutOff: [],
    },
    context,
  );
}
