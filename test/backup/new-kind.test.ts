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
const quarterly: PeriodKind = {
  from: 'daily',
  name: 'quarterly',
  prefix: 'sqlite-backups/quarterly/',
  plural: 'quarterlies',
  period: 'quarter',
  pattern: '\\d{4}-Q[1-4]',
  periodOf: ({ year, month }) => `${year}-Q${Math.ceil(month / 3)}`,
  datesOf: (period) => {
    const [year = 0, quarter = 0] = period.split('-Q').map(Number);
    const first = new Temporal.PlainDate(year, 3 * quarter - 2, 1);
    return { first, last: first.add({ months: 3 }).subtract({ days: 1 }) };
  },
  reasons: { onLastDay: 'today is the last day of the quarter', missed: 'its last day was missed' },
};
const layout = { ...usual, kinds: [...usual.kinds, quarterly] };
const fourth = 'sqlite-backups/quarterly/shop_2025-Q4.db.gz';

test('a kind of backup is one row: it is copied, listed, kept, pruned and named like the others', async (t) => {
  const scene = await makeScene(t);
  const { store, settings, database } = scene;
  const retention = { ...settings.retention, quarterly: 1 };
  const deps = { layout, settings: { ...settings, retention } };
  const options = { zone: settings.zone, now: () => Temporal.Instant.from('2026-04-30T00:00:00Z'), layout };
  const { signal } = scene.deps();

  scene.setClock('2025-12-30T02:00:00');
  await runBackup(database, scene.deps(deps));
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-12-30_020000.db.gz']);
  scene.setClock('2025-12-31T02:00:00');
  await runBackup(database, scene.deps(deps));
  assert.ok(scene.lines.includes(`quarterly copy ${fourth} (today is the last day of the quarter)`));
  assert.ok((await scene.keys()).includes('quarterly/shop_2025-Q4.db.gz'));

  const backups = await readBackups(store, [quarterly], '', { ...options, signal });
  assert.deepEqual(
    backups.map(({ kind, name, database }) => ({ kind, name, database })),
    [{ kind: 'quarterly', name: 'shop_2025-Q4.db.gz', database: 'shop' }],
  );
  assert.match(
    listText(backups, { verifications: new Map(), instances: noInstances }, options.now()),
    /^quarterly\s+shop_2025-Q4\.db\.gz\s/m,
  );
  assert.deepEqual(parseDetailsKey(layout, detailsKey(fourth)), { key: fourth, database: 'shop' });

  scene.setClock('2026-01-01T02:00:00');
  scene.lines.length = 0;
  await runBackup(database, scene.deps(deps));
  assert.deepEqual(
    scene.lines.filter((line) => line.includes('quarterly')),
    [`keep   ${fourth} (of the newest 1 quarters)`],
  );
  const inventory = await inventoryOf(store, 'shop', { ...options, signal });
  const decisions = retentionDecisions(inventory, {
    retention: { ...retention, quarterly: 0 },
    lastGood: null,
    damaged: new Set(),
    zone: 'UTC',
  });
  assert.deepEqual(
    decisions.filter(({ key }) => key === fourth),
    [{ key: fourth, keep: true, reason: 'no quarterlies are made or removed now' }],
  );

  const status = await statusOf(settings, scene.history, options.now());
  assert.match(
    await metricsText(status),
    /nightshift_backup_last_run_outcome\{database="shop",outcome="succeeded"\} 1/,
  );
});
