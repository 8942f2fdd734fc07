import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { needs } from '../lab/parts.ts';
import { makeDockerScene, stateOf } from './docker-scene.ts';
import { terminalOf } from './pseudo-terminal.ts';
import { complete, holds, makeTestDatabases } from './test-databases.ts';

/** As a shell has it: 128 and the number of SIGHUP. */
const endedByHangUp = 129;

describe('a terminal while services are down, on a real Docker engine', needs('docker', 'root', 'tools'), () => {
  /** A restore in a terminal that has stopped the first of two services; the second takes its time. */
  async function halfStopped(t: TestContext) {
    const scene = await makeDockerScene(t);
    const one = await scene.service('one', { with: ['--restart', 'always'] });
    const two = await scene.service('two', { slowStopMs: 3000, with: ['--restart', 'unless-stopped'] });
    const terminal = terminalOf(t, ['restore', 'latest', '--yes'], scene.environment);
    await terminal.shows(new RegExp(`Stopped ${one}`));
    return {
      scene,
      terminal,
      services: () => Promise.all([one, two].map(async (name) => (await stateOf(name)).state)),
    };
  }
  const whole = {
    code: 0,
    era: 'backup',
    files: ['shop.db', 'shop.db.backup-DATE'],
    services: ['running healthy always', 'running healthy unless-stopped'],
  };

  test('Ctrl-C, twice: it finishes first, then the prompt comes back with the exit code', async (t) => {
    const { scene, terminal, services } = await halfStopped(t);
    terminal.type('\u0003');
    await terminal.shows(/Finishing first, so that nothing is left half done/);
    terminal.type('\u0003');
    const code = await terminal.exitCode();
    assert.deepEqual({ code, era: scene.era(), files: scene.files(), services: await services() }, whole);
    assert.match(terminal.screen(), /Restored sqlite-backups\/daily\//);
  });

  test('closed: it finishes anyway, and its row in the history says so', async (t) => {
    const { scene, terminal, services } = await halfStopped(t);
    terminal.close();
    const code = await terminal.exitCode();
    const expected = { ...whole, code: endedByHangUp };
    assert.deepEqual({ code, era: scene.era(), files: scene.files(), services: await services() }, expected);
    const history = new Sqlite(path.join(scene.folder, 'state', 'history.db'), { readonly: true });
    const outcome = history.prepare("SELECT outcome FROM runs WHERE job = 'restore'").pluck().all();
    history.close();
    assert.deepEqual(outcome, ['succeeded']);
  });
});

test(
  'a terminal that is closed at the question means no: nothing is changed and nothing is left',
  needs('tools'),
  async (t) => {
    const databases = makeTestDatabases();
    t.after(() => databases.remove());
    const terminal = terminalOf(t, ['restore', 'latest', '--no-docker'], databases.environment);
    await terminal.shows(/Restore it\? \[y\/N\]/);
    await sleep(100);
    terminal.close();
    assert.equal(await terminal.exitCode(), endedByHangUp);
    assert.equal(holds(databases.database), complete.old);
    const names = readdirSync(path.dirname(databases.database)).filter((name) => !name.endsWith('.nightshift-lock'));
    assert.deepEqual(names, ['shop.db', 'shop.db-shm', 'shop.db-wal']);
  },
);
