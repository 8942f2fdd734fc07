import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backupDateOf, newestFirst } from '../../jobs/archives/backup-date.ts';
import { locateKey } from '../../jobs/archives/names.ts';
import type { StoredBackup } from '../../jobs/archives/stored-backups.ts';
import { noInstances } from '../../jobs/monitoring/history/history.ts';
import { picker } from '../../jobs/restore/choice/pick.ts';
import { kinds } from '../archives/layout.ts';

const zone = 'Asia/Kuala_Lumpur';
const now = Temporal.Instant.from('2025-12-01T00:00:00Z');

function stored(place: string, more: Partial<StoredBackup> = {}): StoredBackup {
  const key = `sqlite-backups/${place}`;
  const modified = now.subtract({ hours: 1 });
  const date = backupDateOf({ key, modified, facts: null }, zone, now, kinds);
  const location = locateKey(key, kinds) ?? assert.fail(key);
  const known = { bytes: 2048, facts: null, isChanged: false, details: null, suspectStatus: null, problem: null };
  return { key, modified, ...location, database: 'shop', date, ...known, ...more };
}

/** What the list shows, and what it makes of an answer. */
async function picked(offered: readonly StoredBackup[], answer: string) {
  let shown = '';
  const pick = picker({
    prompt: async () => answer,
    out: (text) => {
      shown += text;
    },
    verifications: new Map(),
    instances: noInstances,
    zone,
    now: () => now,
  });
  const choice = await pick(offered, null);
  return { shown, choice };
}

test('the list marks what list marks: suspect, misdated, changed, without a date; a name that moves the cursor does not', async () => {
  const offered = [
    stored('daily/shop_2025-11-30_020000.db.gz'),
    stored('daily/shop_2025-11-29_020000.db.gz', { suspectStatus: 'open' }),
    stored('daily/shop_2025-11-28_020000.db.gz', { isChanged: true }),
    stored('daily/shop_2031-01-01_020000.db.gz'),
    stored('weekly/shop\u001b[2J-old.db.gz'),
  ].toSorted(newestFirst);
  const { shown, choice } = await picked(offered, '4');
  assert.equal(
    shown,
    `
   TAKEN (Asia/Kuala_Lumpur)  AGE                              SIZE      ROWS  STATE             KIND    NAME
1  2025-11-30 02:00:00        30 h 00 min                      2.00 KiB  ?     unknown           daily   shop_2025-11-30_020000.db.gz
2  2025-11-29 02:00:00        2 d 6 h                          2.00 KiB  ?     unknown, SUSPECT  daily   shop_2025-11-29_020000.db.gz
3  2025-11-28 02:00:00        3 d 6 h                          2.00 KiB  ?     changed           daily   shop_2025-11-28_020000.db.gz
4  ?                          stored 1 h 00 min ago            2.00 KiB  ?     unknown           weekly  shop\\u001b[2J-old.db.gz
5  ?                          misdated, stored 1 h 00 min ago  2.00 KiB  ?     unknown           daily   shop_2031-01-01_020000.db.gz

`,
  );
  assert.equal(choice, offered[3]);
});

test('of many the newest twenty have numbers; an older one is given by name or date', async () => {
  const days = Array.from({ length: 25 }, (_, index) => String(index + 1).padStart(2, '0'));
  const offered = days.map((day) => stored(`daily/shop_2025-11-${day}_020000.db.gz`)).toSorted(newestFirst);
  const { shown, choice } = await picked(offered, '20');
  assert.equal(choice, offered[19]);
  assert.match(
    shown,
    /^20 {2}2025-11-06.*\n5 older ones: see `nightshift list`; a name or date is accepted here, too\.$/m,
  );
  assert.deepEqual((await picked(offered, '21')).choice, { kind: 'file', name: '21', folder: null });
  assert.deepEqual((await picked(offered, ' 2025-11-03  02:00 ')).choice, {
    kind: 'file',
    name: '2025-11-03 02:00',
    folder: null,
  });
  assert.deepEqual((await picked(offered, 'Latest weekly')).choice, { kind: 'latest', folder: 'weekly' });
});
