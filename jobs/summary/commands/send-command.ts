import { Command } from 'commander';
import type { CliContext } from '../../runtime/cli-context.ts';
import { createLog } from '../../runtime/log.ts';
import { readSummarySettings } from '../../settings/settings.ts';
import { markMissed } from '../missed-deliveries.ts';
import { notifyManualSend } from '../notify-manual-send.ts';
import { allRecipients, requireRecipients } from '../recipients.ts';
import { outcomeOf } from '../send-outcome.ts';
import type { DeliveryState } from '../storage/ledger.ts';
import { dayOption, dayToSend } from './day-option.ts';
import { deliveryTable } from './status-text.ts';
import { collectAddresses, requireAddresses } from './to-option.ts';

type SendOptions = { day?: string; to: string[]; force?: boolean };

/** With a mail server, what is only a file is sent after all. */
const retriedStates: readonly DeliveryState[] = ['rejected', 'written'];
const retriedWithoutServer: readonly DeliveryState[] = ['rejected'];
const forcedStates: readonly DeliveryState[] = ['rejected', 'uncertain', 'accepted', 'written'];

export function sendCommand(context: CliContext): Command {
  return new Command('send')
    .description('send a summary now to the recipients that have not received it')
    .option(...dayOption)
    .option(
      '--to <address>',
      'send to this address instead of SUMMARY_RECIPIENTS; may be repeated',
      collectAddresses,
      [],
    )
    .option('--force', 'also to those that have received it, or may have')
    .addHelpText(
      'after',
      '\nThe day must be over. A day that was sent before is sent as it was. Exit code 1 when a recipient did not get it.',
    )
    .action(async ({ day: given, to, force }: SendOptions) => {
      const settings = readSummarySettings(context.environment);
      const { alerts, zone, summary } = settings;
      const recipients = to.length > 0 ? to : allRecipients(summary);
      requireAddresses(to);
      requireRecipients(recipients);
      const { clock, signal } = context;
      const day = dayToSend(given, clock, zone);
      const { createSummaryDeps } = await import('../summary-deps.ts');
      const { sendDay } = await import('../send-day.ts');
      const { createSummaryNotifier } = await import('../notifier.ts');
      const log = createLog(clock, zone, { out: context.err, err: context.err });
      const deps = createSummaryDeps(settings, { clock, log, signal });
      try {
        const { ledger, alertBudget } = deps;
        if (ledger.isEmpty()) ledger.recordBegin(clock.now());
        const before = ledger.ofDay(day);
        const retried = summary.smtp === null ? retriedWithoutServer : retriedStates;
        const { deliveries, failure } = await sendDay(day, recipients, deps, force ? forcedStates : retried);
        context.out(deliveryTable(markMissed(deliveries, settings, clock.now()), zone));
        signal.throwIfAborted();
        const notifier = createSummaryNotifier({ alerts, pingUrl: summary.pingUrl, zone }, deps);
        const schedule = { cron: summary.schedule, zone };
        await notifyManualSend(
          { day, before, after: ledger.ofDay(day) },
          { recipients: allRecipients(summary), schedule, alertBudget, notifier, clock },
        );
        const outcome = outcomeOf(deliveries, failure);
        if (outcome.kind === 'failed') throw outcome.failure;
      } finally {
        deps.close();
      }
    });
}
