import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '..', '..', '..');

function runWith(version: string) {
  const pretend = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${version}'})`;
  return spawnSync(process.execPath, ['--import', pretend, path.join(root, 'infra', 'main.mjs')], { encoding: 'utf8' });
}

test('an older Node is refused, with a hint', () => {
  for (const version of ['20.19.0', '22.17.1']) {
    const { status, stderr } = runWith(version);
    assert.deepEqual(
      [status, stderr],
      [
        1,
        `The program of nightshift needs Node 22.18 or newer; this is ${process.version}.\n` +
          'Run `npx pulumi up` in the checkout: npm puts the Node that it installed first on the PATH.\n',
      ],
    );
  }
});

test('a new enough Node runs the program', () => {
  const { stderr } = runWith('22.18.0');
  assert.doesNotMatch(stderr, /needs Node/);
  assert.match(stderr, /nightshift:|not set|Pulumi/);
});
