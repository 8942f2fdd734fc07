import type { Clock } from '../runtime/clock.ts';
import { afterGrace } from '../runtime/grace.ts';
import type { Log } from '../runtime/log.ts';
import type { SummarySettings } from '../settings/settings.ts';
import { openArchive } from './archive.ts';
import { openLedger } from './ledger.ts';
import { mailerOf } from './mailer.ts';
import { openRuns } from './runs.ts';
import type { SendMeans } from './send-day.ts';

/** All that sending needs, opened in STATE_DIR; `close` when done. Throws STATE_UNWRITABLE. */
export function openOffice(
  settings: SummarySettings,
  { clock, log, signal }: { clock: Clock; log: Log; signal: AbortSignal },
): SendMeans & { close(): void } {
  const ledger = openLedger(settings.stateDir);
  const archive = openArchive(settings.stateDir);
  const runs = openRuns(settings.stateDir);
  return {
    settings,
    ledger,
    archive,
    runs,
    mailer: mailerOf(settings.summary),
    from: settings.summary.from,
    clock,
    log,
    signal,
    deadline: afterGrace(signal, settings.stopGraceSeconds),
    close() {
      ledger.close();
      archive.close();
      runs.close();
    },
  };
}
