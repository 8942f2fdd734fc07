import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { toolVersion } from '../../jobs/runtime/version.ts';
import { configurationTable } from './configuration-table.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

test('the README’s configuration table is the one the code has', () => {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const found = readme.match(/^\| variable \| default \| meaning \|\n(?:\|.*\n)+/m)?.[0].trimEnd();
  assert.equal(found, configurationTable());
});

test('the version that backups carry is the package’s', () => {
  assert.equal(toolVersion, JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version);
});
