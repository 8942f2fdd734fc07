import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Environment } from '../../jobs/runtime/cli-context.ts';
import { makeMissingFolder } from '../../jobs/runtime/missing-folder.ts';
import { nightshift } from '../nightshift.ts';
import { recordingLog } from './recording-log.ts';
import { makeScene } from './scene.ts';

/** A shop whose state, staging and store are folders of these names that are not there. */
async function missing(t: TestContext, names: { state: string; staging: string; store: string }) {
  const scene = await makeScene(t);
  const at = (name: string) => path.join(scene.folder, name);
  for (const name of ['state', 'staging', 'store']) rmSync(at(name), { recursive: true });
  const environment: Environment = {
    ...scene.environment,
    STATE_DIR: at(names.state),
    STAGING_DIR: at(names.staging),
    BACKUP_STORE: pathToFileURL(at(names.store)).href,
  };
  return { scene, at, environment };
}

const made = (text: string) => [...text.matchAll(/made the folder .*\/(\S+), which was missing \((\w+)\)$/gm)];

for (const command of ['backup', 'check']) {
  test(`${command} makes missing folders for state, staging and backups, and says so once`, async (t) => {
    const { scene, environment } = await missing(t, { state: 'state', staging: 'staging', store: 'store' });
    const { code, out, err } = await nightshift([command], environment);
    assert.equal(code, 0, out + err);
    const store = command === 'check' ? [] : [['store', 'BACKUP_STORE']];
    assert.deepEqual(
      made(out + err).map(([, folder, setting]) => [folder, setting]),
      [['state', 'STATE_DIR'], ['staging', 'STAGING_DIR'], ...store],
    );
    const there = command === 'check' ? readdirSync(scene.folder).filter((name) => name !== 'store') : null;
    assert.deepEqual(there ?? readdirSync(scene.folder), ['data', 'staging', 'state', ...store.map(([name]) => name)]);
  });
}

test('a folder whose parent is missing as well is not made: it is most likely mistyped, or a disk that is not mounted', async (t) => {
  const { scene, environment, at } = await missing(t, { state: 'a/state', staging: 'b/staging', store: 'c/store' });
  const { code, out, err } = await nightshift(['backup'], environment);
  assert.equal(code, 1);
  assert.match(out + err, /STATE_UNWRITABLE: The run history .*a\/state\/history\.db cannot be written/);
  assert.match(out + err, /^STORE_NOT_MOUNTED: There is no folder .*\/c to hold .*c\/store: /m);
  assert.deepEqual([made(out + err), readdirSync(scene.folder)], [[], ['data']]);
  const { err: ofSummary } = await nightshift(['summary', 'send', '--to', 'a@example.com'], environment);
  assert.match(ofSummary, /^STATE_UNWRITABLE: .*a\/state/m);
  assert.equal(existsSync(at('a')), false);
});

test('the mount points of the images are never made: what they would hold is gone with the container', () => {
  for (const folder of ['/data', '/state', '/staging', '/state/']) {
    const wasThere = existsSync(folder);
    const log = recordingLog();
    makeMissingFolder(folder, 'STATE_DIR', log);
    assert.deepEqual([existsSync(folder), log.lines], [wasThere, []]);
  }
});
