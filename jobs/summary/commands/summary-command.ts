import { Command } from 'commander';
import type { CliContext } from '../../runtime/cli-context.ts';
import { readSummarySettings } from '../../settings/settings.ts';
import { hashPasswordCommand } from './hash-password-command.ts';
import { initCommand } from './init-command.ts';
import { previewCommand } from './preview-command.ts';
import { sendCommand } from './send-command.ts';
import { summaryStatusCommand } from './status-command.ts';
import { testMailCommand } from './test-mail-command.ts';

export function summaryCommand(context: CliContext): Command {
  const command = new Command('summary')
    .description('the daily summary: send it, preview it, check whether it is being sent')
    .option('--schedule', 'serve the page and send a summary every day, until stopped')
    .action(async (options: { schedule?: boolean }) => {
      if (options.schedule !== true) return command.help({ error: true });
      const settings = readSummarySettings(context.environment);
      const { serveSummaries } = await import('../service.ts');
      await serveSummaries(settings, context.clock, context.signal);
    });
  const subcommands = [
    summaryStatusCommand,
    sendCommand,
    previewCommand,
    testMailCommand,
    initCommand,
    hashPasswordCommand,
  ];
  for (const subcommand of subcommands) command.addCommand(subcommand(context));
  return command;
}
