import assert from 'node:assert/strict';
import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { needs } from '../lab.ts';
import { complete, type Eras, holds, makeEras } from './eras.ts';
import { type FakeService, type FakeServices, readServices } from './fake-engine.ts';
import { engineOf, performed } from './performed.ts';
import { smallDisk } from './small-disk.ts';

const always = { Name: 'always', MaximumRetryCount: 0 };
const well: FakeService = { running: true, policy: always, wellOn: 'any' };
const picky: FakeService = { running: true, policy: always, wellOn: 'old' };

let eras: Eras;
before(() => {
  eras = makeEras();
});
after(() => eras.remove());

const moments: readonly {
  readonly full: string;
  readonly worker: FakeService;
  readonly ends: 'old' | 'new';
  readonly code: string;
}[] = [
  { full: 'stopped worker', worker: well, ends: 'old', code: 'RESTORE_ROLLED_BACK' },
  { full: 'journalled swapping', worker: well, ends: 'old', code: 'RESTORE_ROLLED_BACK' },
  { full: 'journalled checking', worker: well, ends: 'old', code: 'RESTORE_ROLLED_BACK' },
  { full: 'journalled starting', worker: well, ends: 'new', code: 'done' },
  { full: 'journalled watching', worker: well, ends: 'new', code: 'done' },
  { full: 'journalled halting', worker: picky, ends: 'old', code: 'RESTORE_ROLLED_BACK' },
  { full: 'journalled reviving', worker: picky, ends: 'old', code: 'RESTORE_ROLLED_BACK' },
];

/** Restores `latest` on a small disk that is filled to the last byte at `full`, and tells how that ended. */
async function restoreOnto(t: TestContext, kind: 'tmpfs' | 'ext4', full: string, services: FakeServices) {
  const disk = smallDisk(t, eras.folder, kind, 64);
  eras.reset();
  const database = path.join(disk.folder, 'shop.db');
  for (const part of ['', '-wal']) cpSync(eras.database + part, database + part);
  const serviceFile = path.join(eras.folder, 'services.json');
  writeFileSync(serviceFile, JSON.stringify(services));
  const engine = engineOf(serviceFile, database);
  const checkpoint = (name: string) => (name === full ? disk.fill() : undefined);
  const { ending, text } = await performed(
    'latest',
    { ...eras.environment, DATABASE_PATH: database },
    { engine, checkpoint },
  );
  const found = {
    ending,
    holds: holds(database),
    left: readdirSync(disk.folder).filter((name) => name.includes('.restore-')),
    services: readServices(serviceFile),
  };
  return { found, text };
}

describe('a disk that fills up to the last byte while services are down', needs('root', 'loop'), () => {
  for (const kind of ['tmpfs', 'ext4'] as const) {
    for (const { full, worker, ends, code } of moments) {
      test(`${kind}, full when ${full}: ends by itself with the ${ends} database, services up`, async (t) => {
        const services = { web: well, worker };
        const { found, text } = await restoreOnto(t, kind, full, services);
        assert.deepEqual(found, { ending: code, holds: complete[ends], left: [], services }, text);
        if (worker === well && ends === 'old') {
          assert.match(
            text,
            /RESTORE_ROLLED_BACK: The restore was taken back: The disk of \S+ is full \(ENOSPC\)\. The old database/,
          );
        }
      });
    }
  }
});

test(
  'what cannot be journalled before anything stops is refused with its cause, and nothing is left',
  needs('root'),
  async (t) => {
    const services = { web: well };
    const { found, text } = await restoreOnto(t, 'tmpfs', 'before journalling stopping', services);
    assert.deepEqual(found, { ending: 'DISK_FULL', holds: complete.old, left: [], services }, text);
  },
);
