import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { createDirectoryStore } from '../../../jobs/store/directory.ts';
import { recordDisk } from '../../disk-recorder.ts';

const linux = { skip: process.platform !== 'linux' };

/** What reaches the disk below a store's folder, with the seconds in names as SECOND and later ones as SECOND+1. */
async function storeIn(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-disk-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'archive');
  writeFileSync(file, 'an archive');
  const root = path.join(folder, 'store');
  mkdirSync(root);
  const events = await recordDisk(t, root);
  const seconds = () => [...new Set(events.join('\n').match(/\d{10}/g) ?? [])].toSorted();
  const named = () => events.map((event) => event.replace(/\d{10}/g, (second) => `SECOND${seconds().indexOf(second)}`));
  return { store: createDirectoryStore(root), file, named };
}

test(
  'a stored file and its metadata are on the disk before the file appears, and its name before the run goes on',
  linux,
  async (t) => {
    const { store, file, named } = await storeIn(t);
    await store.put('daily/a.db.gz', file, { is: 'new' });
    assert.deepEqual(named(), [
      'flush .',
      'flush daily/.a.db.gz.UUID.part',
      'flush daily/.a.db.gz.SECOND0.json',
      'rename daily/.a.db.gz.UUID.part -> daily/a.db.gz',
      'flush daily',
    ]);
  },
);

test('of a file that is replaced the old metadata goes last, when the new file is on the disk', linux, async (t) => {
  const { store, file, named } = await storeIn(t);
  await store.put('a', file, { is: 'old' });
  const before = named().length;
  await store.put('a', file, { is: 'new' });
  assert.deepEqual(named().slice(before), [
    'flush .a.UUID.part',
    'flush .a.SECOND1.json',
    'rename .a.UUID.part -> a',
    'flush .',
    'remove .a.SECOND0.json',
  ]);
});
