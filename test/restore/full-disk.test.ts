import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { needs } from '../lab/parts.ts';
import { type FakeService, type FakeServices, picky, readServices, web } from './fake-engine.ts';
import { runRestore } from './run-action.ts';
import { leftBeside, shopOnSmallDisk } from './small-disk.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
});
after(() => databases.remove());

const moments: readonly {
  readonly full: string;
  readonly worker: FakeService;
  readonly ends: 'old' | 'new';
  readonly code: string;
}[] = [
  { full: 'stopped worker', worker: web, ends: 'old', code: 'RESTORE_ROLLED_BACK' },
  { full: 'journalled swapping', worker: web, ends: 'old', code: 'RESTORE_ROLLED_BACK' },
  { full: 'journalled checking', worker: web, ends: 'old', code: 'RESTORE_ROLLED_BACK' },
  { full: 'journalled starting', worker: web, ends: 'new', code: 'done' },
  { full: 'journalled watching', worker: web, ends: 'new', code: 'done' },
  { full: 'journalled stoppingForRollback', worker: picky, ends: 'old', code: 'RESTORE_ROLLED_BACK' },
  { full: 'journalled restartingServices', worker: picky, ends: 'old', code: 'RESTORE_ROLLED_BACK' },
];

/** Restores `latest` on a small disk that is filled to the last byte at `full`, and tells how that ended. */
async function restoreOnto(t: TestContext, kind: 'tmpfs' | 'ext4', full: string, services: FakeServices) {
  const { disk, database, serviceFile, environment, engine } = shopOnSmallDisk(t, databases, kind, services);
  const checkpoint = (name: string) => (name === full ? disk.fill() : undefined);
  const { ending, text } = await runRestore('latest', environment, { engine, checkpoint });
  const found = {
    ending,
    holds: holds(database),
    left: leftBeside(database),
    services: readServices(serviceFile),
  };
  return { found, text };
}

describe('a disk that fills up to the last byte while services are down', needs('root', 'loop'), () => {
  for (const kind of ['tmpfs', 'ext4'] as const) {
    for (const { full, worker, ends, code } of moments) {
      test(`${kind}, full when ${full}: ends by itself with the ${ends} database, services up`, async (t) => {
        const services = { web, worker };
        const { found, text } = await restoreOnto(t, kind, full, services);
        assert.deepEqual(found, { ending: code, holds: complete[ends], left: [], services }, text);
        if (worker === web && ends === 'old') {
          assert.match(
            text,
            /RESTORE_ROLLED_BACK: The restore was rolled back: The disk of \S+ is full \(ENOSPC\)\. The old database/,
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
    const services = { web };
    const { found, text } = await restoreOnto(t, 'tmpfs', 'before journalling stopping', services);
    assert.deepEqual(found, { ending: 'DISK_FULL', holds: complete.old, left: [], services }, text);
  },
);
