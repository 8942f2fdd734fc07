import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { toolVersion } from '../../jobs/runtime/version.ts';
import { documents, regenerated } from '../../jobs/settings/documents.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

for (const document of documents) {
  const name = path.relative(root, document.file);
  test(`${name} is as the table of settings is`, () => {
    const found = readFileSync(document.file, 'utf8');
    assert.ok(found === regenerated(found, document), 'it is older than the table: npm run settings');
  });
}

test('the version that backups carry is the package’s', () => {
  assert.equal(toolVersion, JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version);
});
