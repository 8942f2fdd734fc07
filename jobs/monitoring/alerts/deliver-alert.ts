import pRetry from 'p-retry';
import type { Clock } from '../../runtime/clock.ts';
import { asFailure, type FailureCode } from '../../runtime/errors.ts';
import { failureText, type Log } from '../../runtime/log.ts';
import type { AlertSettings } from '../../settings/settings.ts';
import type { Smtp } from '../../settings/smtp.ts';
import { defaultPostLimits } from '../http-post.ts';
import { postWebhook } from '../webhook.ts';
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

/** Trying again does not help with these. What is uncertain is sent again: an alert twice is better than none. */
const finalCodes: ReadonlySet<FailureCode> = new Set(['MAIL_TLS', 'MAIL_LOGIN', 'MAIL_REJECTED', 'WEBHOOK_REFUSED']);

/**
 * Mails an alert, one message a recipient, and posts it to the webhook. Returns who accepted it: addresses, and the webhook's
 * host. Never throws: what could not be delivered, or was stopped by `signal`, is logged.
 */
export async function deliverAlert(
  alert: Alert,
  { mail, webhookUrl }: AlertSettings['alerts'],
  deps: AlertDeliveryDeps,
): Promise<string[]> {
  const { clock, signal } = deps;
  const message = { event: 'alert', ...alert, link: null, at: clock.now() } as const;
  const deliveries = [
    ...(mail?.recipients.map((recipient) => ({
      to: recipient,
      done: `Mailed ${recipient}`,
      send: () => mailAlert(alert, recipient, mail.smtp, deps),
    })) ?? []),
    ...(webhookUrl === null
      ? []
      : [
          {
            to: new URL(webhookUrl).host,
            done: `Posted to ${new URL(webhookUrl).host}`,
            send: () => postWebhook({ url: webhookUrl, variable: 'ALERT_WEBHOOK_URL' }, message, signal, oneTry),
          },
        ]),
  ];
  return (await Promise.all(deliveries.map((delivery) => deliver(alert.subject, delivery, deps)))).flat();
}

/** Mails and posts wait alike between their tries. */
const oneTry = { ...defaultPostLimits, tries: 1 };

async function mailAlert(alert: Alert, to: string, smtp: Smtp, { clock, signal }: AlertDeliveryDeps): Promise<void> {
  const { sendMail } = await import('../mail/mail.ts');
  await sendMail(smtp, { ...alert, to, date: clock.now() }, signal);
}

async function deliver(
  subject: string,
  { to, done, send }: { readonly to: string; readonly done: string; readonly send: () => Promise<unknown> },
  { log, signal, firstWaitMs = halfMinuteMs }: AlertDeliveryDeps,
): Promise<string[]> {
  try {
    await pRetry(send, {
      retries,
      minTimeout: firstWaitMs,
      factor: 4,
      signal,
      shouldRetry: ({ error }) => !finalCodes.has(asFailure(error).code),
    });
    log.line(`${done}: ${subject}`);
    return [to];
  } catch (error) {
    log.warn(`The alert "${subject}" did not reach ${to}. ${failureText(asFailure(error))}`);
    return [];
  }
}
