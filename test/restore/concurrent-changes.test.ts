import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { restoreJournalPath } from '../../jobs/sqlite/lock/lock-state.ts';
import { everyNth } from '../sampling.ts';
import { always, type FakeServices, readServices } from './fake-engine.ts';
import { type ActionResult, fakeEngineOrNone, runRestore } from './run-action.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

const services: FakeServices = {
  web: { running: true, policy: always, healthyOn: 'any' },
  worker: { running: true, policy: always, healthyOn: 'any' },
};

let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
});
after(() => databases.remove());

const serviceFile = () => path.join(databases.folder, 'services.json');

/** `nightshift restore latest` on fresh databases; `happens` is called with the number and the name of each checkpoint. */
function restoreWhile(happens: (number: number, name: string) => void): Promise<ActionResult> {
  databases.reset();
  writeFileSync(serviceFile(), JSON.stringify(services));
  let count = 0;
  const checkpoint = async (name: string) => {
    count += 1;
    happens(count, name);
  };
  return runRestore('latest', databases.environment, {
    engine: fakeEngineOrNone(serviceFile(), databases.database),
    checkpoint,
  });
}

test('a service that a person stops during the download stays off', async () => {
  const off = { ...services, worker: { running: false, policy: always, healthyOn: 'any' } } as const;
  const { ending, text } = await restoreWhile((_, name) => {
    if (name === 'staged') writeFileSync(serviceFile(), JSON.stringify(off));
  });
  assert.equal(ending, 'done', text);
  assert.match(text, /WARNING Since the plan was made, the services to stop have changed: web\./);
  assert.deepEqual(readServices(serviceFile()), off);
  assert.equal(holds(databases.database), complete.new);
});

test('a restore that fails while it stages leaves no process behind that reads the database', async () => {
  const { ending } = await restoreWhile((_, name) => {
    if (name === 'staged file verified') throw new Error('the disk refused');
  });
  assert.equal(ending, 'UNEXPECTED');
  assert.equal(readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8'), '');
});

test('whatever fails once, at any step, the restore takes itself back or says that it is unfinished, and the next run ends it', async () => {
  const endings = new Set<string>();
  for (let failing = 1; ; failing += everyNth(5)) {
    let failed = '';
    const { ending, text } = await restoreWhile((number, name) => {
      if (number !== failing) return;
      failed = name;
      throw new Error(`the disk refused (${name})`);
    });
    if (failed === '') {
      assert.equal(ending, 'done', text);
      break;
    }
    endings.add(ending);
    const context = `failed at: ${failed}\n${text}`;
    const isUnfinished = existsSync(restoreJournalPath(databases.database));
    assert.equal(ending === 'RESTORE_UNFINISHED', isUnfinished, context);
    if (isUnfinished) {
      const resumed = await runRestore(undefined, databases.environment, {
        engine: fakeEngineOrNone(serviceFile(), databases.database),
      });
      assert.match(resumed.text, /Found an unfinished restore of /, context);
    }
    assert.equal(existsSync(restoreJournalPath(databases.database)), false, context);
    assert.ok(Object.values<string>(complete).includes(holds(databases.database)), context);
    assert.deepEqual(readServices(serviceFile()), services, context);
    if (ending === 'RESTORE_ROLLED_BACK') assert.equal(holds(databases.database), complete.old, context);
    if (ending === 'done') assert.equal(holds(databases.database), complete.new, context);
  }
  assert.deepEqual([...endings].toSorted(), ['RESTORE_ROLLED_BACK', 'RESTORE_UNFINISHED', 'UNEXPECTED', 'done']);
});
