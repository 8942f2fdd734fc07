import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { needs } from '../lab/parts.ts';
import { readServices, web } from './fake-engine.ts';
import { runRestore } from './run-action.ts';
import { leftBeside, shopOnSmallDisk } from './small-disk.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
});
after(() => databases.remove());

const hint = (folder: string, step: string, down = '') =>
  `RESTORE_UNFINISHED: The restore of ${folder}/shop.db stopped while ${step}: The disk of ${folder} refuses writes (EROFS).
    What to do: See what \`dmesg\` says about the disk, and fix that.
    Then run \`nightshift restore\`: it continues from there, and finishes or rolls back. Until then no backup runs${down}.
`;

type ReadOnlyCase = {
  readonly at: string;
  /** What the error says it was doing, and what of the services. */
  readonly step: string;
  readonly down?: string;
  readonly inPlace: string;
  /** After the disk was repaired and restore was run again. */
  readonly after: 'old' | 'new';
};
const stay = ', and these services stay stopped: web';
const moments: readonly ReadOnlyCase[] = [
  { at: 'stopped web', step: 'cleaning up', inPlace: complete.old, after: 'old' },
  { at: 'journalled swapping', step: 'cleaning up', inPlace: complete.old, after: 'old' },
  {
    at: 'before moving the staged file',
    step: 'putting the old file back',
    down: stay,
    inPlace: 'nothing',
    after: 'old',
  },
  { at: 'journalled checking', step: 'putting the old file back', down: stay, inPlace: complete.new, after: 'new' },
  { at: 'started web', step: 'finishing', inPlace: complete.new, after: 'new' },
];

describe('a disk that turns read-only while services are down (EROFS)', needs('root', 'loop'), () => {
  for (const { at, step, down, inPlace, after: end } of moments) {
    test(`at: ${at}: the error says how far it came and who is down, and after the repair restore ends it`, async (t) => {
      const { disk, database, serviceFile, environment, engine } = shopOnSmallDisk(t, databases, 'ext4', { web });
      const moment = at.replace('the staged file', `${database}.restore-staged`);
      const checkpoint = (name: string) => (name === moment ? disk.turnReadOnly() : undefined);
      const { ending, text } = await runRestore('latest', environment, { engine, checkpoint });
      assert.deepEqual(
        {
          ending,
          failure: text.slice(text.lastIndexOf('\nRESTORE_') + 1),
          inPlace: holds(database),
          running: readServices(serviceFile)['web']?.running,
        },
        {
          ending: 'RESTORE_UNFINISHED',
          failure: hint(disk.folder, step, down),
          inPlace,
          running: down === undefined,
        },
        text,
      );
      disk.repair();
      const again = await runRestore(undefined, environment, { engine });
      assert.deepEqual(
        {
          ending: again.ending,
          holds: holds(database),
          services: readServices(serviceFile),
          left: leftBeside(database),
        },
        { ending: 'done', holds: complete[end], services: { web }, left: [] },
        again.text,
      );
    });
  }
});
