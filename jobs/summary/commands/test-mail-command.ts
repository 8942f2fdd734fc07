import { hostname } from 'node:os';
import { Command } from 'commander';
import type { CliContext } from '../../runtime/cli-context.ts';
import { Failure } from '../../runtime/errors.ts';
import { readSummarySettings } from '../../settings/settings.ts';
import { requireRecipients } from '../recipients.ts';
import { collectAddresses, requireAddresses } from './to-option.ts';

export function testMailCommand(context: CliContext): Command {
  return new Command('test-mail')
    .description('log in to the mail server and send a test mail')
    .option('--to <address>', 'to this address instead of SUMMARY_RECIPIENTS; may be repeated', collectAddresses, [])
    .action(async ({ to }: { to: string[] }) => {
      const { summary } = readSummarySettings(context.environment);
      const recipients = to.length > 0 ? to : summary.recipients;
      requireAddresses(to);
      requireRecipients(recipients);
      if (summary.smtp === null) throw noServer(summary.outbox);
      const { sendMail } = await import('../../monitoring/mail/mail.ts');
      const { clock, signal } = context;
      for (const recipient of recipients) {
        const mail = {
          to: recipient,
          subject: `nightshift: a test from ${hostname()}`,
          text: `This is a test. Email from nightshift on ${hostname()} reaches ${recipient}.\n`,
          date: clock.now(),
        };
        const { reply } = await sendMail(summary.smtp, mail, signal);
        context.out(`${summary.smtp.host} accepted a mail for ${recipient}: ${reply}\n`);
      }
    });
}

function noServer(outbox: string): Failure {
  return new Failure(
    'SETTINGS_INVALID',
    'There is no mail server to test; nothing was sent.',
    `SMTP_HOST is not set: set it, with SMTP_USER and SMTP_PASSWORD. Until then summaries are written to ${outbox}`,
  );
}
