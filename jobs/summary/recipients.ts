import { Failure } from '../runtime/errors.ts';
import type { SummarySettings } from '../settings/settings.ts';

/** Throws SETTINGS_INVALID when nobody would get a summary. */
export function requireRecipients(recipients: readonly string[]): void {
  if (recipients.length > 0) return;
  throw new Failure(
    'SETTINGS_INVALID',
    '1 setting is not usable; nothing was done.',
    'SUMMARY_RECIPIENTS is not set: set it to the addresses that receive the summary, or SUMMARY_WEBHOOK_URL to a chat, or try `nightshift summary preview`, which sends nothing',
  );
}

/** Whether an address is among others: mailboxes are the same in upper and lower case. */
export function includesAddress(addresses: readonly string[], address: string): boolean {
  return addresses.some((other) => other.toLowerCase() === address.toLowerCase());
}

/** Everybody who gets a summary: the addresses, and the webhook under a name that is no address and holds no secret. */
export function allRecipients({
  recipients,
  webhookUrl,
}: Pick<SummarySettings['summary'], 'recipients' | 'webhookUrl'>) {
  return webhookUrl === null ? recipients : [...recipients, `webhook ${new URL(webhookUrl).host}`];
}

export function isWebhook(recipient: string): boolean {
  return recipient.startsWith('webhook ');
}
