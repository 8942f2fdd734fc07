import { hostname } from 'node:os';
import type { Clock } from '../../runtime/clock.ts';
import { asFailure } from '../../runtime/errors.ts';
import { failureText } from '../../runtime/log.ts';
import type { AlertSettings } from '../../settings/settings.ts';
import type { Smtp } from '../../settings/smtp.ts';
import { testPing } from '../ping.ts';

/** One way in which people are alerted. */
export type AlertChannel = { readonly variable: string } & (
  | { readonly kind: 'mail'; readonly recipient: string; readonly smtp: Smtp }
  /** A dead-man's switch alerts people when its pings stop. `url` is a secret. */
  | { readonly kind: 'ping'; readonly url: string }
);

/** Every channel that the settings have; empty when nobody would be alerted. */
export function listAlertChannels({ alerts, pingUrl, summaryPingUrl }: AlertSettings): AlertChannel[] {
  const addresses = alerts?.recipients.map((recipient): AlertChannel => {
    return { variable: 'ALERT_RECIPIENTS', kind: 'mail', recipient, smtp: alerts.smtp };
  });
  const pings = [
    { variable: 'BACKUP_PING_URL', url: pingUrl },
    { variable: 'SUMMARY_PING_URL', url: summaryPingUrl },
  ].flatMap(({ variable, url }): AlertChannel[] => (url === null ? [] : [{ variable, kind: 'ping', url }]));
  return [...(addresses ?? []), ...pings];
}

/** The channel for a person, without secrets. */
export function channelName(channel: AlertChannel): string {
  if (channel.kind === 'mail') return `${channel.variable}: mail to ${channel.recipient}`;
  return `${channel.variable}: dead-man's switch at ${new URL(channel.url).host}`;
}

/** Sends a test through a channel, once, and returns its result. Throws AbortError only. */
export async function testChannel(
  channel: AlertChannel,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<{ readonly ok: boolean; readonly result: string }> {
  const host = hostname();
  if (channel.kind === 'ping') {
    const reason = await testPing(channel.url, `a test from nightshift on ${host}`, signal);
    if (reason === null) return { ok: true, result: 'it accepted a log entry (/log), which does not count as a run' };
    const hint =
      'The test goes to <address>/log, as healthchecks.io has it; a switch without that cannot be tested so.';
    return { ok: false, result: `${reason}\n    What to do: Check ${channel.variable}. ${hint}` };
  }
  const { recipient, smtp } = channel;
  const { sendMail } = await import('../mail/mail.ts');
  try {
    const mail = {
      to: recipient,
      subject: `nightshift: a test of alerts from ${host}`,
      text: `This is a test. When backups or summaries of ${host} fail, ${recipient} gets a mail like this one.\n`,
      date: clock.now(),
    };
    const { reply } = await sendMail(smtp, mail, signal);
    return { ok: true, result: `${smtp.host} accepted it: ${reply}` };
  } catch (error) {
    signal.throwIfAborted();
    return { ok: false, result: failureText(asFailure(error)) };
  }
}
