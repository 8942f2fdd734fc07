import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '..', '..', '..');

function runWith(version: string) {
  const pretend = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${version}'})`;
  return spawnSync(process.execPath, ['--import', pretend, path.join(root, 'infra', 'main.mjs')], { encoding: 'utf8' });
}

test('an older Node is refused, with the hint', () => {
  for (const version of ['20.19.0', '22.17.1']) {
    const { status, stderr } = runWith(version);
    assert.deepEqual(
      [status, stderr],
      [
        1,
        `The program of nightshift needs Node 22.18 or newer; this is ${process.version}.\n` +
          'Run `npx pulumi up` in the checkout: npm puts the Node it brought first on the PATH.\n',
      ],
    );
  }
});

test('a new enough Node goes on to the program', () => {
  const { stderr } = runWith('22.18.0');
  assert.doesNotMatch(stderr, /needs Node/);
  assert.match(stderr, /nightshift:|not set|Pulumi/);
});

test('nothing that the program loads is newer than Node 22.18', () => {
  const newer =
    /\bTemporal\b|RegExp\.escape|Promise\.try|\bFloat16Array\b|Error\.isError|Math\.sumPrecise|Iterator\.concat|\.toBase64\(|fromBase64|import defer|\busing \w+ =|await using/;
  const own = globSync('infra/**/*.{ts,mjs}', { cwd: root }).filter(
    (file) => !/infra\/(doctor|init-stack)|commands\.ts/.test(file),
  );
  assert.ok(own.length > 20);
  const found = [...own, 'jobs/runtime/errors.ts'].filter((file) =>
    newer.test(readFileSync(path.join(root, file), 'utf8')),
  );
  assert.deepEqual(found, []);
});

test('the program takes from jobs/ only the errors, which are as old', () => {
  const own = globSync('infra/**/*.ts', { cwd: root }).filter(
    (file) => !/infra\/(doctor|init-stack)|commands\.ts/.test(file),
  );
  const taken = own.flatMap((file) =>
    [...readFileSync(path.join(root, file), 'utf8').matchAll(/from '((?:\.\.\/)+jobs\/[^']+)'/g)].map(
      ([, from]) => from,
    ),
  );
  assert.deepEqual([...new Set(taken.map((from) => from?.replace(/^(\.\.\/)+/, '')))], ['jobs/runtime/errors.ts']);
});
