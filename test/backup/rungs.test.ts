import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { listCommand } from '../../jobs/backup/commands/list-command.ts';
import { pruneCommand } from '../../jobs/backup/commands/prune-command.ts';
import { statusCommand } from '../../jobs/backup/commands/status-command.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import { makeScene, type Scene } from './scene.ts';

const hourly = {
  BACKUP_SCHEDULE: '0 * * * *',
  BACKUP_RETENTION_HOURLY: '2',
  BACKUP_RETENTION_DAILY: '2',
  BACKUP_RETENTION_MONTHLY: '2',
  BACKUP_RETENTION_YEARLY: '1',
};

async function backUpAt(scene: Scene, ...times: readonly string[]) {
  for (const time of times) {
    scene.setClock(time);
    await runBackup(scene.database, scene.deps());
  }
}

function listed({ history }: Scene) {
  return history.listing('shop')?.rungs.map(({ rung, backups }) => `${rung} ${backups}`);
}

test('hourly backups over the turn of a year: every rung has what it promises, and list, prune and status know it', async (t) => {
  const scene = await makeScene(t, hourly);
  await backUpAt(scene, '2025-12-30T22:00:00', '2025-12-30T23:00:00', '2025-12-31T00:00:00', '2025-12-31T23:00:00');
  const copies = scene.lines.filter((line) => / copy /.test(line));
  assert.deepEqual(copies.slice(-2), [
    'monthly copy sqlite-backups/monthly/shop_2025-12.db.gz (today is the last day of the month)',
    'yearly copy sqlite-backups/yearly/shop_2025.db.gz (today is the last day of the year)',
  ]);
  await backUpAt(scene, '2026-01-01T00:00:00');
  assert.deepEqual(await scene.keys(), [
    'daily/shop_2025-12-31_230000.db.gz',
    'daily/shop_2026-01-01_000000.db.gz',
    'monthly/shop_2025-12.db.gz',
    'yearly/shop_2025.db.gz',
  ]);
  assert.deepEqual(scene.lines.filter((line) => /^(keep|remove) /.test(line)).slice(-6), [
    'keep   sqlite-backups/daily/shop_2026-01-01_000000.db.gz (the newest)',
    'keep   sqlite-backups/daily/shop_2025-12-31_230000.db.gz (of the newest 2 hours and 2 days)',
    'remove sqlite-backups/daily/shop_2025-12-31_000000.db.gz (older than the newest 2 hours, and another of that day is kept)',
    'remove sqlite-backups/daily/shop_2025-12-30_230000.db.gz (older than the newest 2 hours and 2 days)',
    'keep   sqlite-backups/monthly/shop_2025-12.db.gz (of the newest 2 months)',
    'keep   sqlite-backups/yearly/shop_2025.db.gz (of the newest 1 years)',
  ]);
  assert.deepEqual(listed(scene), ['daily 2', 'monthly 1', 'yearly 1']);
  await backUpAt(scene, '2026-01-01T01:00:00');
  scene.setClock('2026-01-01T01:30:00');
  assert.match(await scene.command(listCommand, ['monthly']), /^monthly {2}shop_2025-12\.db\.gz/m);
  assert.match(await scene.command(listCommand, ['yearly']), /^yearly {2}shop_2025\.db\.gz/m);
  assert.match(
    await scene.command(pruneCommand, ['--dry-run']),
    /^keep {3}sqlite-backups\/yearly\/shop_2025\.db\.gz \(of the newest 1 years\)\n0 backups would be removed; nothing was$/m,
  );
  assert.match(
    (await scene.command(statusCommand, [])).replace(/[\d.]+ KiB/g, 'SIZE'),
    /^ {2}in the store {2}hourly 1 \(SIZE\), daily 2 \(SIZE\), monthly 1 \(SIZE\), yearly 1 \(SIZE\), as listed 30 min 00 s ago$/m,
  );
});

test('a missed last day of the month and of the year is made up by the next run', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_MONTHLY: '2', BACKUP_RETENTION_YEARLY: '1' });
  await backUpAt(scene, '2025-12-29T02:00:00', '2026-01-05T02:00:00');
  const [december, year] = scene.lines.filter((line) => /^(monthly|yearly) copy/.test(line));
  assert.equal(
    december,
    'monthly copy sqlite-backups/monthly/shop_2025-12.db.gz (the last day of the month was missed)',
  );
  assert.equal(year, 'yearly copy sqlite-backups/yearly/shop_2025.db.gz (the last day of the year was missed)');
});

test('a rung that was switched off since makes, reads and removes nothing, and status counts what it made', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_MONTHLY: '2' });
  await backUpAt(scene, '2025-11-30T02:00:00');
  const november = 'sqlite-backups/monthly/shop_2025-11.db.gz';
  writeFileSync(path.join(scene.folder, 'damaged'), 'damaged');
  await scene.store.put(november, path.join(scene.folder, 'damaged'), {});
  scene.history.forgetKey(november);
  const off = { ...scene.settings, retention: { ...scene.settings.retention, monthly: 0 } };
  scene.setClock('2025-12-31T02:00:00');
  scene.lines.length = 0;
  await runBackup(scene.database, scene.deps({ settings: off }));
  assert.deepEqual(
    scene.lines.filter((line) => line.includes('monthly')),
    ['keep   sqlite-backups/monthly/shop_2025-11.db.gz (no monthlies are made or removed now)'],
  );
  assert.deepEqual(listed(scene), ['daily 2', 'weekly 1', 'monthly 1']);
});
