import { mailAsBytes } from '../monitoring/mail/mail.ts';
import type { Failure } from '../runtime/errors.ts';
import { type DeliveryDeps, deliver } from './deliver.ts';
import { mailTo, messageOf } from './mail/message.ts';
import type { SummaryPage } from './page/page-model.ts';
import { includesAddress } from './recipients.ts';
import { type DeliveryState, isDelivered, type SummaryDelivery } from './storage/ledger.ts';
import type { PageArchive } from './storage/page-archive.ts';
import type { SummaryRuns } from './storage/runs.ts';
import type { SendingLock } from './storage/sending-lock.ts';

export type SendDeps = DeliveryDeps & {
  readonly archive: PageArchive;
  readonly runs: SummaryRuns;
  /** Waits while another process is sending. Throws AbortError. */
  readonly acquireLock: () => Promise<SendingLock>;
  /** Makes the page of a local day from the database. Throws DATABASE_*, REPORT_*. */
  readonly makePage: (day: string) => Promise<SummaryPage>;
  /** The signed link to a day's page on the site; null when there is no site. */
  readonly linkTo: (day: string) => string | null;
};

/**
 * Makes the page of a local day, archives it and mails it to the recipients that have not got it (or whose delivery is in a
 * state of `resend`). A page that a recipient has got is sent as it was. Throws DATABASE_*, REPORT_*, STATE_UNWRITABLE.
 */
export async function sendDay(
  day: string,
  recipients: readonly string[],
  deps: SendDeps,
  resend: readonly DeliveryState[] = [],
): Promise<{ readonly deliveries: SummaryDelivery[]; readonly failure: Failure | null }> {
  const { ledger, runs, clock } = deps;
  const lock = await deps.acquireLock();
  try {
    ledger.closeAbandoned(clock.now());
    runs.closeAbandoned(clock.now());
    const known = ledger.ofDay(day).filter(({ recipient }) => includesAddress(recipients, recipient));
    if (recipients.every((recipient) => needsNoMail(known, recipient, resend)))
      return { deliveries: known, failure: null };
    const run = runs.begin(day, clock.now());
    try {
      const { mailBytes, ...sent } = await makeAndSend(day, recipients, deps, resend);
      const outcome = sent.deliveries.every(isDelivered) ? 'succeeded' : 'failed';
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

async function makeAndSend(
  day: string,
  recipients: readonly string[],
  deps: SendDeps,
  resend: readonly DeliveryState[],
) {
  const { archive, linkTo, from, clock } = deps;
  const page = archivedPage(day, deps) ?? (await deps.makePage(day));
  const message = await messageOf(page, linkTo(day));
  archive.save(page);
  const sent = await deliver(message, recipients, deps, resend);
  const mail = mailTo(recipients[0] ?? '', message, from, clock.now());
  return { ...sent, mailBytes: (await mailAsBytes(from, mail)).length };
}

/** The page as recipients have got it, or may find it in the outbox; null when none has. */
function archivedPage(day: string, { ledger, archive }: SendDeps): SummaryPage | null {
  const isOut = ledger.ofDay(day).some((delivery) => isDelivered(delivery) || delivery.state === 'uncertain');
  return isOut ? archive.pageOf(day) : null;
}

function needsNoMail(known: readonly SummaryDelivery[], recipient: string, resend: readonly DeliveryState[]): boolean {
  const delivery = known.find((one) => includesAddress([recipient], one.recipient));
  return delivery !== undefined && delivery.state !== 'pending' && !resend.includes(delivery.state);
}
