import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStore } from '../../jobs/store/open.ts';

test('the settings choose the store, and nothing is touched yet', async () => {
  const folder = await openStore({ kind: 'directory', folder: '/nowhere/backups' });
  assert.equal(folder.name, 'file:///nowhere/backups');
  const bucket = await openStore({
    kind: 's3',
    endpoint: 'https://sg-sin-1.linodeobjects.com',
    region: 'sg-sin-1',
    bucket: 'zygy-backups-service',
    accessKey: 'key',
    secretKey: 'secret',
  });
  assert.equal(bucket.name, 's3://zygy-backups-service at https://sg-sin-1.linodeobjects.com');
  bucket.close();
});
