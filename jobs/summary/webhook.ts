import { oneLine } from '../monitoring/alerts/alert.ts';
import { postWebhook } from '../monitoring/webhook.ts';
import { Failure } from '../runtime/errors.ts';
import type { SummaryMessage } from './mail/message.ts';

/** Posts a summary's first sentence and link; returns the reply. Throws WEBHOOK_*, AbortError. */
export type SummaryWebhook = (message: SummaryMessage, at: Temporal.Instant, signal: AbortSignal) => Promise<string>;

/** Null: SUMMARY_WEBHOOK_URL is not set; then what waits in the ledger for one is not posted. */
export function createSummaryWebhook(url: string | null): SummaryWebhook {
  if (url === null) {
    return async () => {
      throw new Failure('WEBHOOK_REFUSED', 'SUMMARY_WEBHOOK_URL is not set any more.', 'Set it, or leave it.');
    };
  }
  return async ({ subject, opening, link }, at, signal) => {
    const message = { event: 'summary', subject, text: opening, link, at } as const;
    return oneLine(await postWebhook({ url, variable: 'SUMMARY_WEBHOOK_URL' }, message, signal)) || 'accepted';
  };
}
