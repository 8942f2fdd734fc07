import { refuseOtherStore } from '../../archives/store-identity.ts';
import type { History } from '../../monitoring/history/history.ts';
import type { CliContext } from '../../runtime/cli-context.ts';
import type { Clock } from '../../runtime/clock.ts';
import { createLog, type Log } from '../../runtime/log.ts';
import type { BackupSettings } from '../../settings/settings.ts';
import { openStore } from '../../store/open.ts';
import { type Checked, type Checklist, createChecklist } from './check/checklist.ts';
import { checkClock } from './check/clock-check.ts';
import { checkAlerts, checkDatabase, checkStaging, openState } from './check/host-checks.ts';
import { inStaging, makeSample } from './check/sample-backup.ts';
import { checkCleaning, checkObject, checkReading, storeParts } from './check/store-checks.ts';

export type { Checked } from './check/checklist.ts';

type StoreDeps = { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal };

/**
 * Tries every part of a run, with what a run does and with its patience, on a sample in place of the database. Throws
 * INTERRUPTED; everything else is in what it returns.
 */
export async function checkAll(settings: BackupSettings, context: CliContext): Promise<readonly Checked[]> {
  const list = createChecklist();
  const { clock, signal } = context;
  const log = createLog(clock, settings.zone, { out: context.err, err: context.err });
  for (const database of settings.databases) {
    await list.part(`database ${database.name}`, (say) => checkDatabase(database, say, { settings, log, signal }));
  }
  await list.part('STAGING_DIR', (say) => checkStaging(settings, say, log));
  const history = await list.part('STATE_DIR', (say) => openState(settings, say));
  try {
    await checkStore(list, settings, history, { clock, log, signal });
  } finally {
    history?.close();
  }
  await list.part('alerts', (say) => checkAlerts(settings, say));
  return list.checked;
}

async function checkStore(list: Checklist, settings: BackupSettings, history: History | null, deps: StoreDeps) {
  const { clock, log, signal } = deps;
  const { reading, cleaning, ...ofObject } = storeParts;
  const store = await openStore(settings.store);
  try {
    await inStaging(settings, async (folder) => {
      const sample = await list.part('archive', (say) => makeSample(folder, settings, say, signal));
      const isReached = await list.part(reading, async (say) => {
        if (history !== null) await refuseOtherStore(settings.store, history);
        const patient = settings.databases.every(({ name }) => history?.newestGood(name) === null);
        await checkReading(settings.databases, say, { store, signal, log, patient, zone: settings.zone, clock });
        return true;
      });
      if (isReached === null) return list.notTried([cleaning, ...Object.values(ofObject), 'clock'], reading);
      await list.part(cleaning, (say) => checkCleaning(say, { store, signal }));
      if (sample === null) list.notTried(Object.values(ofObject), 'archive');
      else await checkObject(list, sample, { store, signal });
      await list.part('clock', (say) => checkClock(store, clock, say, signal));
    });
  } finally {
    store.close();
  }
}
