import assert from 'node:assert/strict';
import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needs } from '../lab.ts';
import { complete, type Eras, holds, makeEras } from './eras.ts';
import { type FakeService, readServices } from './fake-engine.ts';
import { engineOf, performed } from './performed.ts';
import { smallDisk } from './small-disk.ts';

const always = { Name: 'always', MaximumRetryCount: 0 };
const web: FakeService = { running: true, policy: always, wellOn: 'any' };

let eras: Eras;
before(() => {
  eras = makeEras();
});
after(() => eras.remove());

const hint = (folder: string, step: string, down = '') =>
  `RESTORE_UNFINISHED: The restore of ${folder}/shop.db stopped while ${step}: The disk of ${folder} does not take what is written to it (EROFS).
    What to do: See what \`dmesg\` says of the disk, and put that right.
    Then run \`nightshift restore\`: it knows where it was and finishes or goes back. Until then no backup runs${down}.
`;

type Moment = {
  readonly at: string;
  /** What the error says it was doing, and what of the services. */
  readonly step: string;
  readonly down?: string;
  readonly inPlace: string;
  /** After the disk was repaired and restore was run again. */
  readonly after: 'old' | 'new';
};
const stay = ', and these services stay stopped: web';
const moments: readonly Moment[] = [
  { at: 'stopped web', step: 'clearing up', inPlace: complete.old, after: 'old' },
  { at: 'journalled swapping', step: 'clearing up', inPlace: complete.old, after: 'old' },
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
      const disk = smallDisk(t, eras.folder, 'ext4', 64);
      eras.reset();
      const database = path.join(disk.folder, 'shop.db');
      for (const part of ['', '-wal']) cpSync(eras.database + part, database + part);
      const services = path.join(eras.folder, 'services.json');
      writeFileSync(services, JSON.stringify({ web }));
      const environment = { ...eras.environment, DATABASE_PATH: database };
      const engine = engineOf(services, database);
      const moment = at.replace('the staged file', `${database}.restore-staged`);
      const checkpoint = (name: string) => (name === moment ? disk.turnReadOnly() : undefined);
      const { ending, text } = await performed('latest', environment, { engine, checkpoint });
      assert.deepEqual(
        {
          ending,
          failure: text.slice(text.lastIndexOf('\nRESTORE_') + 1),
          inPlace: holds(database),
          running: readServices(services)['web']?.running,
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
      const again = await performed(undefined, environment, { engine });
      assert.deepEqual(
        {
          ending: again.ending,
          holds: holds(database),
          services: readServices(services),
          left: readdirSync(disk.folder).filter((name) => name.includes('.restore-')),
        },
        { ending: 'done', holds: complete[end], services: { web }, left: [] },
        again.text,
      );
    });
  }
});
