import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { DockerEngine } from '../../jobs/restore/services/docker/docker-engine.ts';
import { type FakeServices, readServices } from './fake-engine.ts';
import { fakeEngineOrNone, runRestore } from './run-action.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './visits-database.ts';

const dying = path.join(import.meta.dirname, 'dying-process.ts');
const always = { Name: 'unless-stopped', MaximumRetryCount: 0 };
const never = { Name: 'no', MaximumRetryCount: 0 };

type Variant = { readonly name: string; readonly services: FakeServices | null; readonly endsAs: 'new' | 'old' };

const variants: readonly Variant[] = [
  { name: 'with no service', services: null, endsAs: 'new' },
  {
    name: 'with services, one of them off',
    services: {
      web: { running: true, policy: always, wellOn: 'any' },
      worker: { running: true, policy: never, wellOn: 'any' },
      spare: { running: false, policy: always, wellOn: 'any' },
    },
    endsAs: 'new',
  },
  {
    name: 'with a service that is unhealthy on the restored data, so that all goes back',
    services: {
      web: { running: true, policy: always, wellOn: 'any' },
      worker: { running: true, policy: always, wellOn: 'old' },
    },
    endsAs: 'old',
  },
];

for (const variant of variants) {
  test(`killed at any step, ${variant.name}: one more restore leaves one complete database, services as they were`, async (t) => {
    const eras = makeTestDatabases();
    t.after(() => eras.remove());
    const checkpoints = await record(eras, variant);
    assert.ok(checkpoints.length > 20, `only ${checkpoints.length} checkpoints`);
    for (const [index, name] of checkpoints.entries()) {
      prepare(eras, variant);
      const killed = await run(eras, variant, index + 1);
      assert.equal(killed.signal, 'SIGKILL', `${name}: ${killed.text}`);
      const { text } = await runRestore(undefined, eras.environment, { engine: engineFor(eras, variant) });
      requireWhole(eras, variant, `killed at: ${name}\n${killed.text}\n${text}`);
    }
  });
}

/** The names of all checkpoints that an undisturbed restore passes. */
async function record(eras: TestDatabases, variant: Variant): Promise<string[]> {
  const names = path.join(eras.folder, 'names');
  prepare(eras, variant);
  const { text } = await run(eras, variant, 0, names);
  requireWhole(eras, variant, text);
  assert.equal(holds(eras.database), complete[variant.endsAs], text);
  return readFileSync(names, 'utf8').trim().split('\n');
}

function engineFor(eras: TestDatabases, { services }: Variant): DockerEngine {
  return fakeEngineOrNone(services === null ? '' : serviceFile(eras), eras.database);
}

const serviceFile = ({ folder }: TestDatabases) => path.join(folder, 'services.json');

function prepare(eras: TestDatabases, { services }: Variant): void {
  eras.reset();
  writeFileSync(serviceFile(eras), JSON.stringify(services ?? {}));
}

/** Runs `restore latest --yes` in a process that kills itself at a checkpoint; 0 for none. */
async function run(eras: TestDatabases, { services }: Variant, dieAt: number, names = '') {
  const args = [dying, String(dieAt), names, services === null ? '' : serviceFile(eras)];
  const child = spawn(process.execPath, args, { env: eras.environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const [, signal] = await once(child, 'close');
  return { signal, text };
}

/** One complete database in place, what it replaced complete beside it, nothing half done, services as they were. */
function requireWhole(eras: TestDatabases, { services, endsAs }: Variant, context: string): void {
  const beside = readdirSync(path.dirname(eras.database)).filter((name) => !/^shop\.db(-wal|-shm)?$/.test(name));
  const safetyCopies = beside.filter((name) => /^shop\.db\.backup-[\d_-]+$/.test(name));
  const others = beside.filter((name) => !/^shop\.db\.((backup|rejected)-.*|nightshift-lock)$/.test(name));
  const inPlace = holds(eras.database);
  const isOld = endsAs === 'old' || inPlace === complete.old;
  assert.deepEqual(
    {
      inPlace,
      safetyCopies: safetyCopies.map((name) => holds(path.join(path.dirname(eras.database), name))),
      others,
      services: readServices(serviceFile(eras)),
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
