import { layoutBelow } from '../../archives/backup-kinds.ts';
import { requireSameStore } from '../../archives/store-identity.ts';
import { type History, noInstances } from '../../monitoring/history/history.ts';
import type { CliContext } from '../../runtime/cli-context.ts';
import type { Clock } from '../../runtime/clock.ts';
import { createLog, type Log } from '../../runtime/log.ts';
import { makeMissingFolder } from '../../runtime/missing-folder.ts';
import type { BackupSettings } from '../../settings/settings.ts';
import { openStore } from '../../store/open.ts';
import { type BackupCheckResult, type Checklist, createChecklist } from './check/checklist.ts';
import { checkClock } from './check/clock-check.ts';
import { checkAlerts, checkDatabase, checkStaging, checkState } from './check/host-checks.ts';
import { makeSample, withStagingFolder } from './check/sample-backup.ts';
import { checkCleaning, checkObject, checkReading, storeCheckNames } from './check/store-checks.ts';

type BackupCheckDeps = { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal };

/**
 * Tries every part of a run, as a run does and with its retries, on a sample in place of the database. Throws
 * INTERRUPTED; everything else is in what it returns.
 */
export async function checkAll(settings: BackupSettings, context: CliContext): Promise<readonly BackupCheckResult[]> {
  const list = createChecklist();
  const { clock, signal } = context;
  const log = createLog(clock, settings.zone, { out: context.err, err: context.err });
  makeMissingFolder(settings.stateDir, 'STATE_DIR', log);
  makeMissingFolder(settings.stagingDir, 'STAGING_DIR', log);
  for (const database of settings.databases) {
    await list.run(`database ${database.name}`, (report) => checkDatabase(database, report, { settings, log, signal }));
  }
  await list.run('STAGING_DIR', (report) => checkStaging(settings, report));
  const history = await list.run('STATE_DIR', (report) => checkState(settings, report));
  try {
    await checkStore(list, settings, history, { clock, log, signal });
  } finally {
    history?.close();
  }
  await list.run('alerts', (report) => checkAlerts(settings, report));
  return list.results;
}

async function checkStore(list: Checklist, settings: BackupSettings, history: History | null, deps: BackupCheckDeps) {
  const { clock, log, signal } = deps;
  const { reading, cleaning, ...ofObject } = storeCheckNames;
  const layout = layoutBelow(settings.prefix);
  const store = await openStore(settings.store);
  try {
    await withStagingFolder(settings, async (folder) => {
      const sample = await list.run('archive', (report) => makeSample(folder, settings, report, signal));
      const isReached = await list.run(reading, async (report) => {
        if (history !== null) await requireSameStore(settings.store, history);
        const waitForNewKey = settings.databases.every(({ name }) => history?.newestGood(name) === null);
        await checkReading(settings.databases, report, {
          store,
          layout,
          signal,
          log,
          waitForNewKey,
          zone: settings.zone,
          clock,
          instances: history?.instances() ?? noInstances,
        });
        return true;
      });
      if (isReached === null) return list.skip([cleaning, ...Object.values(ofObject), 'clock'], reading);
      await list.run(cleaning, (report) => checkCleaning(report, { store, layout, signal }));
      if (sample === null) list.skip(Object.values(ofObject), 'archive');
      else await checkObject(list, sample, { store, layout, signal });
      await list.run('clock', (report) => checkClock(store, clock, report, signal));
    });
  } finally {
    store.close();
  }
}
