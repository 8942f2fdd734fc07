import { Command } from 'commander';
import { channelName, listAlertChannels, testChannel } from '../../monitoring/alerts/configured-channels.ts';
import type { CliContext } from '../../runtime/cli-context.ts';
import { Failure } from '../../runtime/errors.ts';
import { readAlertSettings } from '../../settings/settings.ts';

export function alertCommand(context: CliContext): Command {
  return new Command('alert')
    .description('with --test: send a test through every alert channel')
    .requiredOption(
      '--test',
      'mail each of ALERT_RECIPIENTS, post to ALERT_WEBHOOK_URL, and write to the log of each dead-man’s switch',
    )
    .addHelpText(
      'after',
      `
Channels: ALERT_RECIPIENTS (with SMTP_HOST), ALERT_WEBHOOK_URL, BACKUP_PING_URL, SUMMARY_PING_URL. A switch gets the test
as a log entry (<address>/log), so that it never counts as a good run. Exit code 1 when one of them fails, and when none is set.`,
    )
    .action(async () => {
      const channels = listAlertChannels(readAlertSettings(context.environment));
      if (channels.length === 0) throw noChannel();
      const failed: string[] = [];
      for (const channel of channels) {
        const name = channelName(channel);
        const { ok, result } = await testChannel(channel, context);
        context.out(`${ok ? 'ok   ' : 'FAIL '} ${name}: ${result}\n`);
        if (!ok) failed.push(name);
      }
      if (failed.length > 0) throw undelivered(failed, channels.length);
    });
}

function noChannel(): Failure {
  return new Failure(
    'ALERT_NO_CHANNEL',
    'No channel is set: nobody would be notified when backups or summaries fail.',
    'Set ALERT_RECIPIENTS and SMTP_HOST, ALERT_WEBHOOK_URL, or BACKUP_PING_URL.',
  );
}

function undelivered(failed: readonly string[], count: number): Failure {
  return new Failure(
    'ALERT_UNDELIVERED',
    `${failed.length} of ${count} channels failed the test: ${failed.join('; ')}.`,
    'See above, then run `nightshift alert --test` again.',
  );
}
