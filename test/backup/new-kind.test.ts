import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeriodKind } from '../../jobs/archives/backup-kinds.ts';
import { listText } from '../../jobs/archives/backup-list.ts';
import { inventoryOf } from '../../jobs/archives/inventory.ts';
import { detailsKey, parseDetailsKey } from '../../jobs/archives/names.ts';
import { readBackups } from '../../jobs/archives/stored-backups.ts';
import { retentionDecisions } from '../../jobs/backup/retention/prune.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import { metricsText } from '../../jobs/backup/status/metrics.ts';
import { statusOf } from '../../jobs/backup/status/status.ts';
import { noInstances } from '../../jobs/monitoring/history/history.ts';
import { layout as usual } from '../archives/layout.ts';
import { makeScene } from './scene.ts';

/** A row that nightshift does not have: nothing but the row is needed for backups of this kind. */
const monthly: PeriodKind = {
  from: 'daily',
  name: 'monthly',
  prefix: 'sqlite-backups/monthly/',
  plural: 'monthlies',
  period: 'month',
  pattern: '\\d{4}-(?:0[1-9]|1[0-2])',
  periodOf: (date) => date.toPlainYearMonth().toString(),
  datesOf: (month) => {
    const { year, month: number, daysInMonth } = Temporal.PlainYearMonth.from(month);
    const first = new Temporal.PlainDate(year, number, 1);
    return { first, last: first.add({ days: daysInMonth - 1 }) };
  },
  reasons: { onLastDay: 'today is the last day of the month', missed: 'its last day was missed' },
};
const layout = { ...usual, kinds: [...usual.kinds, monthly] };
const november = 'sqlite-backups/monthly/shop_2025-11.db.gz';

test('a kind of backup is one row: it is copied, listed, kept, pruned and named like the others', async (t) => {
  const scene = await makeScene(t);
  const { store, settings, database } = scene;
  const retention = { ...settings.retention, monthly: 1 };
  const deps = { layout, settings: { ...settings, retention } };
  const options = { zone: settings.zone, now: () => Temporal.Instant.from('2026-01-31T00:00:00Z'), layout };
  const { signal } = scene.deps();

  scene.setClock('2025-11-29T02:00:00');
  await runBackup(database, scene.deps(deps));
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-29_020000.db.gz']);
  scene.setClock('2025-11-30T02:00:00');
  await runBackup(database, scene.deps(deps));
  assert.ok(scene.lines.includes(`monthly copy ${november} (today is the last day of the month)`));
  assert.ok((await scene.keys()).includes('monthly/shop_2025-11.db.gz'));

  const backups = await readBackups(store, [monthly], '', { ...options, signal });
  assert.deepEqual(
    backups.map(({ kind, name, database }) => ({ kind, name, database })),
    [{ kind: 'monthly', name: 'shop_2025-11.db.gz', database: 'shop' }],
  );
  assert.match(
    listText(backups, { verifications: new Map(), instances: noInstances }, options.now()),
    /^monthly\s+shop_2025-11\.db\.gz\s/m,
  );
  assert.deepEqual(parseDetailsKey(layout, detailsKey(november)), { key: november, database: 'shop' });

  scene.setClock('2026-01-01T02:00:00');
  scene.lines.length = 0;
  await runBackup(database, scene.deps(deps));
  assert.deepEqual(
    scene.lines.filter((line) => line.includes('monthly')),
    [`keep   ${november} (of the newest 1 months)`],
  );
  const inventory = await inventoryOf(store, 'shop', { ...options, signal });
  const removed = retentionDecisions(inventory, {
    retention: { ...retention, monthly: 0 },
    lastGood: null,
    zone: 'UTC',
  });
  assert.deepEqual(
    removed.filter(({ keep }) => !keep),
    [{ key: november, keep: false, reason: 'older than the newest 0 months' }],
  );

  const status = await statusOf(settings, scene.history, options.now());
  assert.match(
    await metricsText(status),
    /nightshift_backup_last_run_outcome\{database="shop",outcome="succeeded"\} 1/,
  );
});
