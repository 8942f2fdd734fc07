import type { Clock } from '../runtime/clock.ts';
import { abortAfterGrace } from '../runtime/grace.ts';
import type { Log } from '../runtime/log.ts';
import { makeMissingFolder } from '../runtime/missing-folder.ts';
import type { SummarySettings } from '../settings/settings.ts';
import { createMailer } from './mailer.ts';
import { makeDayPage } from './page/make-day-page.ts';
import { keepReportCopy } from './report/keep-copy.ts';
import type { SendDeps } from './send-day.ts';
import { signedLink } from './site/signed-links.ts';
import { acquireSendingLock } from './storage/sending-lock.ts';
import { openSummaryStore, type SummaryStore } from './storage/summary-store.ts';
import { createSummaryWebhook } from './webhook.ts';

const linkDays = 30;

export type SummaryDeps = SendDeps & SummaryStore;

/** All that sending needs, with the store in STATE_DIR; `close` when done. Throws STATE_UNWRITABLE and LEDGER_DAMAGED. */
export function createSummaryDeps(
  settings: SummarySettings,
  { clock, log, signal }: { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal },
): SummaryDeps {
  const { stateDir, stopGraceSeconds, summary } = settings;
  const { publicUrl, signingKey, passwordHash } = summary;
  makeMissingFolder(stateDir, 'STATE_DIR', log);
  keepReportCopy(summary.report, stateDir, log);
  return {
    ...openSummaryStore(stateDir),
    acquireLock: () => acquireSendingLock(stateDir, { log, signal }),
    makePage(day) {
      keepReportCopy(summary.report, stateDir, log);
      return makeDayPage(day, settings, { clock, signal });
    },
    linkTo(day) {
      if (publicUrl === null || signingKey === null || passwordHash === null) return null;
      return signedLink(publicUrl, signingKey, day, clock.now().add({ hours: 24 * linkDays }));
    },
    mailer: createMailer(summary),
    webhook: createSummaryWebhook(summary.webhookUrl),
    from: summary.from,
    clock,
    log,
    signal,
    deadline: abortAfterGrace(signal, stopGraceSeconds),
  };
}
