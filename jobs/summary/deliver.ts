import type { Clock } from '../runtime/clock.ts';
import { asFailure, type Failure, type FailureCode } from '../runtime/errors.ts';
import { failureText, type Log } from '../runtime/log.ts';
import { type Delivery, type DeliveryState, isAmong, type Ledger } from './ledger.ts';
import { type Message, mailTo } from './mail/message.ts';
import type { Mailer } from './mailer.ts';

export type DeliveryMeans = {
  readonly ledger: Ledger;
  readonly mailer: Mailer;
  readonly from: string;
  readonly clock: Clock;
  readonly log: Log;
  /** When it aborts, no further mail is begun. */
  readonly signal: AbortSignal;
  /** When it aborts, the mail under way is broken off too, and may be uncertain. */
  readonly deadline: AbortSignal;
};

/** With these the next recipient would fare no better, and every try with a wrong password may lock the account. */
const ofServer: ReadonlySet<FailureCode> = new Set(['MAIL_UNREACHABLE', 'MAIL_TLS', 'MAIL_LOGIN', 'OUTBOX_UNWRITABLE']);

/**
 * Sends a message to each recipient that is still `pending` (or in a state of `again`), each in a mail of its own, and
 * returns what stands in the ledger after. Never throws for a mail that did not go out. `failure`: the first of them.
 */
export async function deliver(
  message: Message,
  recipients: readonly string[],
  means: DeliveryMeans,
  again: readonly DeliveryState[] = [],
): Promise<{ readonly deliveries: Delivery[]; readonly failure: Failure | null }> {
  const { ledger, clock, log, signal } = means;
  const { day } = message;
  let first: Failure | null = null;
  ledger.expect(day, recipients, clock.now());
  for (const recipient of recipients) {
    if (signal.aborted || !ledger.claim(day, recipient, ['pending', ...again], clock.now())) continue;
    const failure = await attempt(message, recipient, means);
    if (failure === null) continue;
    log.warn(`The summary of ${day} did not reach ${recipient}. ${failureText(failure)}`);
    first ??= failure;
    if (ofServer.has(failure.code)) break;
  }
  const deliveries = ledger.of(day).filter(({ recipient }) => isAmong(recipients, recipient));
  return { deliveries, failure: first };
}

/** One try. The ledger says `sending` before the first word to the server, so that a crash is seen as uncertain. */
async function attempt(message: Message, recipient: string, means: DeliveryMeans): Promise<Failure | null> {
  const { ledger, mailer, from, clock, log, deadline } = means;
  const { day } = message;
  try {
    const reply = await mailer(mailTo(recipient, message, from, clock.now()), day, deadline);
    ledger.settle(day, recipient, { state: 'accepted', said: reply, code: null }, clock.now());
    log.line(`Summary of ${day} sent to ${recipient}`);
    return null;
  } catch (error) {
    const failure = asFailure(error);
    const end = { state: stateAfter(failure.code), said: failure.message, code: failure.code };
    ledger.settle(day, recipient, end, clock.now());
    return failure;
  }
}

/** Only what was certainly not taken, and may be taken later, is tried again. */
function stateAfter(code: FailureCode): 'pending' | 'rejected' | 'uncertain' {
  if (code === 'MAIL_UNCERTAIN') return 'uncertain';
  return code === 'MAIL_REJECTED' ? 'rejected' : 'pending';
}
