import { statusOf } from '../backup/status/status.ts';
import { readHistory } from '../monitoring/history/history.ts';
import { mailAsBytes } from '../monitoring/mail/mail.ts';
import { asFailure, Failure } from '../runtime/errors.ts';
import type { SummarySettings } from '../settings/settings.ts';
import type { Archive } from './archive.ts';
import { type DeliveryMeans, deliver } from './deliver.ts';
import { backupLine } from './findings/backup-line.ts';
import { type Delivery, type DeliveryState, isAmong } from './ledger.ts';
import { mailTo, messageOf } from './mail/message.ts';
import { makePage } from './make-page.ts';
import type { Page } from './page.ts';
import { readReport } from './report/read-report.ts';
import type { SummaryRuns } from './runs.ts';
import { acquireSendingLock } from './sending-lock.ts';
import { signedLink } from './site/links.ts';

export type SendMeans = DeliveryMeans & {
  readonly settings: SummarySettings;
  readonly archive: Archive;
  readonly runs: SummaryRuns;
};

const linkDays = 30;

/**
 * Makes the page of a local day, keeps it and mails it to the recipients that have not got it (or are in a state of
 * `again`). A page that somebody has got is sent as it was. Throws LOCKED, DATABASE_*, REPORT_*, STATE_UNWRITABLE.
 */
export async function sendDay(
  day: string,
  recipients: readonly string[],
  means: SendMeans,
  again: readonly DeliveryState[] = [],
): Promise<{ readonly deliveries: Delivery[]; readonly failure: Failure | null }> {
  const { settings, ledger, archive, runs, clock } = means;
  const lock = acquireSendingLock(settings.stateDir);
  if (lock === null) throw somebodySends();
  try {
    ledger.closeAbandoned(clock.now());
    runs.closeAbandoned(clock.now());
    const known = ledger.of(day).filter(({ recipient }) => isAmong(recipients, recipient));
    if (recipients.every((recipient) => isSettled(known, recipient, again)))
      return { deliveries: known, failure: null };
    const run = runs.begin(day, clock.now());
    try {
      const page = await pageToSend(day, means);
      const message = await messageOf(page, linkTo(day, means));
      archive.archivePage(page);
      const sent = await deliver(message, recipients, means, again);
      const outcome = sent.deliveries.every(({ state }) => state === 'accepted') ? 'succeeded' : 'failed';
      const mailBytes = (await mailAsBytes(means.from, mailTo(recipients[0] ?? '', message, means.from, clock.now())))
        .length;
      runs.finish(run, { outcome, mailBytes, message: sent.failure?.message ?? null }, clock.now());
      return sent;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      runs.finish(run, { outcome: 'failed', mailBytes: null, message }, clock.now());
      throw error;
    }
  } finally {
    lock.release();
  }
}

/** Makes the page of a local day from the database; keeps and sends nothing. */
export async function pageOfDay(
  day: string,
  { settings, clock, signal }: Pick<SendMeans, 'settings' | 'clock' | 'signal'>,
): Promise<Page> {
  const [database] = settings.databases;
  if (database === undefined) throw new Error('settings always name a database');
  const { report } = settings.summary;
  return makePage({
    database,
    report: report === null ? null : await readReport(report),
    day,
    zone: settings.zone,
    clock,
    backup: await backupState(settings, clock.now()),
    signal,
  });
}

async function pageToSend(day: string, means: SendMeans): Promise<Page> {
  const wasSeen = means.ledger.of(day).some(({ state }) => state === 'accepted' || state === 'uncertain');
  const kept = wasSeen ? means.archive.pageOf(day) : null;
  return kept ?? pageOfDay(day, means);
}

function isSettled(known: readonly Delivery[], recipient: string, again: readonly DeliveryState[]): boolean {
  const found = known.find((delivery) => isAmong([recipient], delivery.recipient));
  return found !== undefined && found.state !== 'pending' && !again.includes(found.state);
}

/** What the backup's history beside the ledger says; a summary goes out without one, too. */
async function backupState(settings: SummarySettings, now: Temporal.Instant): Promise<Page['backup']> {
  const { history, failure } = readHistory(settings.stateDir);
  if (history === null) return backupLine(failure);
  try {
    const { databases, ageLimitSeconds } = await statusOf(settings, history, now);
    return backupLine({ databases, now, limitSeconds: ageLimitSeconds });
  } catch (error) {
    return backupLine(asFailure(error));
  } finally {
    history.close();
  }
}

function linkTo(day: string, { settings, clock }: SendMeans): string | null {
  const { publicUrl, signingKey, passwordHash } = settings.summary;
  if (publicUrl === null || signingKey === null || passwordHash === null) return null;
  return signedLink(publicUrl, signingKey, day, clock.now().add({ hours: 24 * linkDays }));
}

function somebodySends(): Failure {
  return new Failure(
    'LOCKED',
    'Another nightshift is sending summaries from this STATE_DIR now.',
    'Run it again when that has ended; `nightshift summary status` shows what went out.',
  );
}
