import { hostname } from 'node:os';
import type { Clock } from '../../runtime/clock.ts';
import { asFailure } from '../../runtime/errors.ts';
import { failureText } from '../../runtime/log.ts';
import type { AlertSettings } from '../../settings/settings.ts';
import type { Smtp } from '../../settings/smtp.ts';
import { testPing } from '../ping.ts';
import { postWebhook } from '../webhook.ts';
import { oneLine } from './alert.ts';

/** One way in which people are alerted. */
export type AlertChannel = { readonly variable: string } & (
  | { readonly kind: 'mail'; readonly recipient: string; readonly smtp: Smtp }
  /** `url` is a secret. */
  | { readonly kind: 'webhook'; readonly url: string }
  /** A dead-man's switch alerts people when its pings stop. `url` is a secret. */
  | { readonly kind: 'ping'; readonly url: string }
);

/** Every channel that the settings have; empty when nobody would be alerted. */
export function listAlertChannels({ alerts, pingUrl, summaryPingUrl }: AlertSettings): AlertChannel[] {
  const { mail, webhookUrl } = alerts;
  const addresses = mail?.recipients.map((recipient): AlertChannel => {
    return { variable: 'ALERT_RECIPIENTS', kind: 'mail', recipient, smtp: mail.smtp };
  });
  const webhook: AlertChannel[] =
    webhookUrl === null ? [] : [{ variable: 'ALERT_WEBHOOK_URL', kind: 'webhook', url: webhookUrl }];
  const pings = [
    { variable: 'BACKUP_PING_URL', url: pingUrl },
    { variable: 'SUMMARY_PING_URL', url: summaryPingUrl },
  ].flatMap(({ variable, url }): AlertChannel[] => (url === null ? [] : [{ variable, kind: 'ping', url }]));
  return [...(addresses ?? []), ...webhook, ...pings];
}

/** The channel for a person, without secrets. */
export function channelName(channel: AlertChannel): string {
  if (channel.kind === 'mail') return `${channel.variable}: mail to ${channel.recipient}`;
  if (channel.kind === 'webhook') return `${channel.variable}: webhook at ${new URL(channel.url).host}`;
  return `${channel.variable}: dead-man's switch at ${new URL(channel.url).host}`;
}

/** Sends a test through a channel, once, and returns its result. Throws AbortError only. */
export async function testChannel(
  channel: AlertChannel,
  { clock, signal }: TestDeps,
): Promise<{ readonly ok: boolean; readonly result: string }> {
  if (channel.kind === 'ping') {
    const reason = await testPing(channel.url, `a test from nightshift on ${hostname()}`, signal);
    if (reason === null) return { ok: true, result: 'it accepted a log entry (/log), which does not count as a run' };
    const hint =
      'The test goes to <address>/log, as healthchecks.io has it; a switch without that cannot be tested so.';
    return { ok: false, result: `${reason}\n    What to do: Check ${channel.variable}. ${hint}` };
  }
  try {
    return {
      ok: true,
      result:
        channel.kind === 'mail'
          ? await testMail(channel, { clock, signal })
          : await testPost(channel, { clock, signal }),
    };
  } catch (error) {
    signal.throwIfAborted();
    return { ok: false, result: failureText(asFailure(error)) };
  }
}

type TestDeps = { readonly clock: Clock; readonly signal: AbortSignal };

async function testMail({ recipient, smtp }: AlertChannel & { kind: 'mail' }, { clock, signal }: TestDeps) {
  const { sendMail } = await import('../mail/mail.ts');
  const text = `This is a test. When backups or summaries of ${hostname()} fail, ${recipient} gets a mail like this one.\n`;
  const { reply } = await sendMail(smtp, { to: recipient, subject: testSubject(), text, date: clock.now() }, signal);
  return `${smtp.host} accepted it: ${reply}`;
}

async function testPost(channel: AlertChannel & { kind: 'webhook' }, { clock, signal }: TestDeps) {
  const text = `This is a test. When backups or summaries of ${hostname()} fail, a message like this one comes.`;
  const message = { event: 'test', subject: testSubject(), text, link: null, at: clock.now() } as const;
  return `it accepted the message: ${oneLine(await postWebhook(channel, message, signal)) || 'no text'}`;
}

function testSubject(): string {
  return `nightshift: a test of alerts from ${hostname()}`;
}
