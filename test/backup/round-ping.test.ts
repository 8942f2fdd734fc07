import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { roundPing } from '../../jobs/backup/alerts/round-ping.ts';
import { nightshift } from '../nightshift.ts';
import { makeScene } from './scene.ts';
import { startSwitch } from './switch.ts';

test('a run of one of several databases is a success only when the others are backed up, and names what ran', async (t) => {
  const { url, heard } = await startSwitch(t);
  const scene = await makeScene(t, { BACKUP_PING_URL: url });
  const crm = path.join(scene.folder, 'data', 'crm.db');
  new Sqlite(crm).exec('CREATE TABLE one (x)').close();
  const environment = { ...scene.environment, DATABASE_PATH: `${scene.database.path},${crm}` };
  const backup = async (...args: string[]) => {
    const before = heard.length;
    const { code } = await nightshift(['backup', ...args], environment);
    return [code, ...heard.slice(before)];
  };
  assert.deepEqual(await backup('--database', 'shop'), [
    0,
    '/log backed up: shop; not backed up in its last run, or too long ago: crm',
  ]);
  assert.deepEqual(await backup(), [0, '/start ', ' backed up: shop, crm']);
  assert.deepEqual(await backup('--database', 'shop'), [0, ' backed up: shop; before: crm']);
  renameSync(crm, `${crm}.aside`);
  assert.deepEqual(await backup(), [1, '/start ', '/fail not backed up: crm']);
  assert.deepEqual(await backup('--database', 'shop'), [
    0,
    '/log backed up: shop; not backed up in its last run, or too long ago: crm',
  ]);
  assert.deepEqual(await backup('--database', 'crm'), [1, '/fail not backed up: crm']);
});

test('a round that was stopped is a failure when one failed, and else nothing', () => {
  const others = [{ name: 'crm', isBackedUp: true }];
  const stopped = { backedUp: ['shop'], failed: [], others, isCutShort: true };
  assert.equal(roundPing(stopped), null);
  assert.deepEqual(roundPing({ ...stopped, backedUp: [], failed: ['shop'] }), {
    event: 'fail',
    text: 'not backed up: shop',
  });
});
