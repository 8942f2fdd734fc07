import pRetry from 'p-retry';
import type { Clock } from '../../runtime/clock.ts';
import { asFailure, type FailureCode } from '../../runtime/errors.ts';
import { failureText, type Log } from '../../runtime/log.ts';
import type { AlertSettings } from '../../settings/settings.ts';
import type { Alert } from './alert.ts';

export type AlertDeliveryDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Milliseconds before the second try; each later wait is four times as long. */
  readonly firstWaitMs?: number;
};

/** Greylisting servers take a mail after some minutes: tried after 30 s, 2 min and 8 min more. */
const retries = 3;
const halfMinuteMs = 30_000;

/** Trying again does not help with these. An uncertain mail is sent again: an alert twice is better than none. */
const finalCodes: ReadonlySet<FailureCode> = new Set(['MAIL_TLS', 'MAIL_LOGIN', 'MAIL_REJECTED']);

/**
 * Mails an alert, one message a recipient, and returns the recipients whose server accepted it. Never throws: what could not
 * be sent, or was stopped by `signal`, is logged.
 */
export async function deliverAlert(
  alert: Alert,
  to: NonNullable<AlertSettings['alerts']>,
  { clock, log, signal, firstWaitMs = halfMinuteMs }: AlertDeliveryDeps,
): Promise<string[]> {
  const { sendMail } = await import('../mail/mail.ts');
  const reached = await Promise.all(
    to.recipients.map(async (recipient) => {
      const send = () => sendMail(to.smtp, { ...alert, to: recipient, date: clock.now() }, signal);
      try {
        await pRetry(send, {
          retries,
          minTimeout: firstWaitMs,
          factor: 4,
          signal,
          shouldRetry: ({ error }) => !finalCodes.has(asFailure(error).code),
        });
        log.line(`Mailed ${recipient}: ${alert.subject}`);
        return [recipient];
      } catch (error) {
        log.warn(`The alert "${alert.subject}" did not reach ${recipient}. ${failureText(asFailure(error))}`);
        return [];
      }
    }),
  );
  return reached.flat();
}
