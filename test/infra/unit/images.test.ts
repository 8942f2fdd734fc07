import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { compiledImages } from '../../../infra/images.ts';

test('images are compiled when absent, tagged by their content, and not compiled again', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'images-'));
  try {
    const first = compiledImages(['sqlite-backup', 'backend-dailysummary'], folder);
    assert.deepEqual(
      first.map(({ name, folder: at }) => [name, path.relative(folder, at)]),
      [
        ['sqlite-backup', 'sqlite-backup'],
        ['backend-dailysummary', 'backend-dailysummary'],
      ],
    );
    for (const { tag } of first) assert.match(tag, /^[0-9a-f]{12}$/);
    assert.deepEqual(compiledImages(['sqlite-backup', 'backend-dailysummary'], folder), first);
    appendFileSync(path.join(folder, 'sqlite-backup', 'Dockerfile'), '\n');
    const [changed, same] = compiledImages(['sqlite-backup', 'backend-dailysummary'], folder);
    assert.deepEqual([changed?.tag === first[0]?.tag, same?.tag === first[1]?.tag], [false, true]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
