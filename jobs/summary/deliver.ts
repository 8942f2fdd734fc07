import type { Clock } from '../runtime/clock.ts';
import { asFailure, type Failure, type FailureCode } from '../runtime/errors.ts';
import { failureText, type Log } from '../runtime/log.ts';
import { mailTo, type SummaryMessage } from './mail/message.ts';
import type { Mailer } from './mailer.ts';
import { includesAddress, isWebhook } from './recipients.ts';
import type { DeliveryLedger, DeliveryState, SummaryDelivery } from './storage/ledger.ts';
import type { SummaryWebhook } from './webhook.ts';

export type DeliveryDeps = {
  readonly ledger: DeliveryLedger;
  readonly mailer: Mailer;
  readonly webhook: SummaryWebhook;
  readonly from: string;
  readonly clock: Clock;
  readonly log: Log;
  /** When it aborts, no further mail is started. */
  readonly signal: AbortSignal;
  /** When it aborts, the mail under way is aborted too, and may be uncertain. */
  readonly deadline: AbortSignal;
};

/** With these every mail would fail, and each try with a wrong password may lock the account. */
const serverFailures: ReadonlySet<FailureCode> = new Set([
  'MAIL_UNREACHABLE',
  'MAIL_TLS',
  'MAIL_LOGIN',
  'OUTBOX_UNWRITABLE',
]);

/**
 * Sends a message to each recipient that is still `pending` (or in a state of `resend`), each in a mail of its own or by the webhook, and
 * returns the deliveries. Never throws for a mail that was not sent. `failure`: the first of them.
 */
export async function deliver(
  message: SummaryMessage,
  recipients: readonly string[],
  deps: DeliveryDeps,
  resend: readonly DeliveryState[] = [],
): Promise<{ readonly deliveries: SummaryDelivery[]; readonly failure: Failure | null }> {
  const { ledger, clock, log, signal } = deps;
  const { day } = message;
  let first: Failure | null = null;
  let isMailDown = false;
  ledger.addPending(day, recipients, clock.now());
  for (const recipient of recipients) {
    if (signal.aborted || (isMailDown && !isWebhook(recipient))) continue;
    if (!ledger.claim(day, recipient, ['pending', ...resend], clock.now())) continue;
    const failure = await deliverTo(message, recipient, deps);
    if (failure === null) continue;
    log.warn(`The summary of ${day} did not reach ${recipient}. ${failureText(failure)}`);
    first ??= failure;
    isMailDown ||= serverFailures.has(failure.code);
  }
  const deliveries = ledger.ofDay(day).filter(({ recipient }) => includesAddress(recipients, recipient));
  return { deliveries, failure: first };
}

/** One try. The ledger says `sending` before the server is contacted, so that a crash leaves it uncertain. */
async function deliverTo(message: SummaryMessage, recipient: string, deps: DeliveryDeps): Promise<Failure | null> {
  const { ledger, clock, log } = deps;
  const { day } = message;
  try {
    const { state, reply } = await handOver(message, recipient, deps);
    ledger.finish(day, recipient, { state, reply, code: null }, clock.now());
    if (state === 'accepted') log.line(`Summary of ${day} sent to ${recipient}`);
    else log.line(`Summary of ${day} for ${recipient} ${reply}: SMTP_HOST is not set`);
    return null;
  } catch (error) {
    const failure = asFailure(error);
    const result = { state: stateAfter(failure.code), reply: failure.message, code: failure.code };
    ledger.finish(day, recipient, result, clock.now());
    return failure;
  }
}

async function handOver(message: SummaryMessage, recipient: string, deps: DeliveryDeps) {
  const { mailer, webhook, from, clock, deadline } = deps;
  const now = clock.now();
  if (!isWebhook(recipient)) return mailer(mailTo(recipient, message, from, now), message.day, deadline);
  return { state: 'accepted', reply: await webhook(message, now, deadline) } as const;
}

/** Only what was certainly not accepted, and may be later, is retried. */
function stateAfter(code: FailureCode): 'pending' | 'rejected' | 'uncertain' {
  if (code === 'MAIL_UNCERTAIN' || code === 'WEBHOOK_UNCERTAIN') return 'uncertain';
  return code === 'MAIL_REJECTED' || code === 'WEBHOOK_REFUSED' ? 'rejected' : 'pending';
}
