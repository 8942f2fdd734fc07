import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { needs } from '../lab/parts.ts';
import { type FakeService, picky, readServices, web } from './fake-engine.ts';
import { runRestore } from './run-action.ts';
import { leftBeside, shopOnSmallDisk } from './small-disk.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

const dying = path.join(import.meta.dirname, 'dying-process.ts');

let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
});
after(() => databases.remove());

type DeathCase = {
  /** The first process is killed here. */
  readonly died: string;
  readonly worker: FakeService;
  /** With the disk full. */
  readonly ends: 'old' | 'new';
  readonly code: 'done' | 'RESTORE_ROLLED_BACK';
};
const moments: readonly DeathCase[] = [
  { died: 'stopped web', worker: web, ends: 'old', code: 'done' },
  { died: 'journalled swapping', worker: web, ends: 'old', code: 'done' },
  { died: 'journalled checking', worker: web, ends: 'old', code: 'RESTORE_ROLLED_BACK' },
  { died: 'started web', worker: web, ends: 'old', code: 'RESTORE_ROLLED_BACK' },
  { died: 'journalled watching', worker: web, ends: 'new', code: 'done' },
  { died: 'journalled finishing', worker: web, ends: 'new', code: 'done' },
  { died: 'journalled stoppingForRollback', worker: picky, ends: 'old', code: 'RESTORE_ROLLED_BACK' },
  { died: 'journalled restoringOriginal', worker: picky, ends: 'old', code: 'RESTORE_ROLLED_BACK' },
  { died: 'journalled restartingServices', worker: picky, ends: 'old', code: 'RESTORE_ROLLED_BACK' },
  { died: 'journalled cleaningUp', worker: picky, ends: 'old', code: 'RESTORE_ROLLED_BACK' },
];

/** A restore that was killed at `died`, on a disk of its own, and what the next one needs. */
function leaveUnfinished(t: TestContext, { died, worker }: DeathCase) {
  const shop = shopOnSmallDisk(t, databases, 'tmpfs', { web, worker });
  spawnSync(process.execPath, [dying, died, '', shop.serviceFile], { env: shop.environment });
  assert.ok(existsSync(`${shop.database}.restore-journal`), `no journal: not killed at ${died}`);
  return shop;
}

/** Runs `nightshift restore`, and tells which files it moved under a service that runs. */
async function resume({ database, serviceFile, environment, engine }: ReturnType<typeof leaveUnfinished>) {
  const movedUnder: string[] = [];
  const checkpoint = (name: string) => {
    const running = Object.values(readServices(serviceFile)).some((service) => service.running);
    if (name.startsWith('before moving ') && running) movedUnder.push(path.basename(name));
  };
  const { ending, text } = await runRestore(undefined, environment, { engine, checkpoint });
  const rejected = readdirSync(path.dirname(database)).some((name) => name.includes('.rejected-'));
  const services = readServices(serviceFile);
  const found = { ending, movedUnder, holds: holds(database), left: leftBeside(database), services };
  return { text, rejected, found };
}

describe(
  'the next restore after one that was killed ends it, and moves no file under a service that runs',
  needs('root'),
  () => {
    for (const moment of moments) {
      const { died, worker, ends } = moment;
      for (const byHand of [false, true]) {
        for (const full of [false, true]) {
          const how = [full ? 'the disk full' : 'room left', byHand ? 'and services started by hand meanwhile' : ''];
          test(`killed at: ${died}, ${how.join(' ').trim()}`, async (t) => {
            const unfinished = leaveUnfinished(t, moment);
            const { serviceFile } = unfinished;
            const now = JSON.parse(readFileSync(serviceFile, 'utf8'));
            for (const name of byHand ? Object.keys(now) : []) now[name].running = true;
            writeFileSync(serviceFile, JSON.stringify(now));
            if (full) unfinished.disk.fill();
            const { text, rejected, found } = await resume(unfinished);
            const goesOn = ['journalled checking', 'started web'].includes(died) && !full;
            assert.deepEqual(
              found,
              {
                ending: goesOn ? 'done' : moment.code,
                movedUnder: [],
                holds: complete[goesOn ? 'new' : ends],
                left: [],
                services: { web, worker },
              },
              text,
            );
            const mayHaveServed =
              found.holds === complete.old && !['stopped web', 'journalled swapping'].includes(died);
            assert.equal(rejected, mayHaveServed, 'what services may have written into the restored file is kept');
          });
        }
      }
    }
  },
);
