import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { nightshift } from '../nightshift.ts';

test('every command of `nightshift --help` is in the README', async () => {
  const readme = readFileSync(path.resolve(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
  const { out } = await nightshift(['--help'], {});
  const commands = [...out.matchAll(/^ {2}([a-z-]+)(?: |$)/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'help');
  assert.ok(commands.length > 8, out);
  assert.deepEqual(
    commands.filter((name) => !new RegExp(`(nightshift|npm run) ${name}\\b`).test(readme)),
    [],
  );
});
