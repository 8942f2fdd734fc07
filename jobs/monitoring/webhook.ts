import { hostname } from 'node:os';
import pRetry from 'p-retry';
import { Failure } from '../runtime/errors.ts';
import { defaultPostLimits, httpPost, PostError, type PostLimits } from './http-post.ts';

/** What a chat, or a program, is posted. */
export type WebhookMessage = {
  readonly event: 'alert' | 'summary' | 'test';
  readonly subject: string;
  readonly text: string;
  /** Where to read more; null: nowhere. */
  readonly link: string | null;
  readonly at: Temporal.Instant;
};

/** Slack cuts longer ones (https://docs.slack.dev/reference/methods/chat.postMessage). */
const longestText = 4_000;

/**
 * Posts a message to the webhook in `variable`, and returns the beginning of the reply. Throws WEBHOOK_UNREACHABLE,
 * WEBHOOK_REFUSED, WEBHOOK_UNCERTAIN when it may have arrived, and AbortError. No error names the address, which is a secret.
 */
export async function postWebhook(
  { url, variable }: { readonly url: string; readonly variable: string },
  message: WebhookMessage,
  signal: AbortSignal,
  { timeoutMs, tries, firstWaitMs }: PostLimits = defaultPostLimits,
): Promise<string> {
  const address = new URL(url);
  const body = { type: 'application/json', text: JSON.stringify(webhookBody(address, message)) };
  try {
    return await pRetry(() => httpPost(address, body, { timeoutMs, signal }), {
      retries: tries - 1,
      minTimeout: firstWaitMs,
      signal,
      shouldRetry: ({ error }) => error instanceof PostError && error.mayPass && !error.isUncertain,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw webhookFailure(error, variable, address.host);
  }
}

/** Slack's own form for Slack and for what takes it at an address that ends with `/slack` (Discord); else plain facts. */
export function webhookBody({ host, pathname }: URL, message: WebhookMessage): Record<string, string | null> {
  const { event, subject, text, link, at } = message;
  const isSlack = host === 'hooks.slack.com' || pathname.endsWith('/slack');
  if (!isSlack) return { event, subject, text, link, host: hostname(), at: at.toString({ smallestUnit: 'second' }) };
  const lines = [
    `*${escapeForSlack(subject)}*`,
    escapeForSlack(text.trimEnd()),
    ...(link === null ? [] : [`<${link}>`]),
  ];
  return { text: lines.join('\n').slice(0, longestText) };
}

/** https://docs.slack.dev/messaging/formatting-message-text: without it a name could become a mention or a link. */
function escapeForSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function webhookFailure(error: unknown, variable: string, host: string): Failure {
  const { message, mayPass, isUncertain } =
    error instanceof PostError ? error : { message: 'the connection failed', mayPass: true, isUncertain: false };
  if (isUncertain) {
    const what = `The webhook at ${host} did not say that it accepted the message: ${message}. It may have arrived.`;
    return new Failure('WEBHOOK_UNCERTAIN', what, 'Look there whether it came.');
  }
  const what = `The webhook at ${host} did not accept the message: ${message}.`;
  if (mayPass)
    return new Failure('WEBHOOK_UNREACHABLE', what, `Check that this host reaches ${host}, and ${variable}.`);
  return new Failure('WEBHOOK_REFUSED', what, `Make a new webhook there, and set ${variable} to its address.`);
}
