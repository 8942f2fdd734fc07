import { Command } from 'commander';
import type { CliContext } from '../../runtime/cli-context.ts';
import { Failure } from '../../runtime/errors.ts';
import { readSummarySettings, type SummarySettings } from '../../settings/settings.ts';
import { withMissed } from '../missed-deliveries.ts';
import { allRecipients } from '../recipients.ts';
import { withAbandoned } from '../storage/ledger.ts';
import { isNobodySending } from '../storage/sending-lock.ts';
import { openSummaryStoreReadOnly } from '../storage/summary-store.ts';
import { type SummaryStatus, summaryStatus } from './status.ts';
import { summaryStatusText } from './status-text.ts';

export function summaryStatusCommand(context: CliContext): Command {
  return new Command('status')
    .description('show whether summaries are being sent: the last 30 days, to whom, when, and the next one')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nReads the ledger in STATE_DIR only. Exit code 1 when the last summary due did not go out.')
    .action(async ({ json }: { json?: boolean }) => {
      const settings = readSummarySettings(context.environment);
      const now = context.clock.now();
      const status = readStatus(settings, now);
      context.out(
        json === true ? `${JSON.stringify(status, null, 2)}\n` : summaryStatusText(status, now, settings.zone),
      );
      if (!status.ok) throw notSent(status.reason);
    });
}

function readStatus({ stateDir, zone, summary }: SummarySettings, now: Temporal.Instant): SummaryStatus {
  const plan = { cron: summary.schedule, zone };
  const store = openSummaryStoreReadOnly(stateDir);
  if (store === null) return summaryStatus(plan, allRecipients(summary), null, now);
  try {
    const abandoned = withAbandoned(store.ledger, () => isNobodySending(stateDir));
    const ledger = withMissed(abandoned, { summary, zone }, { now: () => now });
    return summaryStatus(plan, allRecipients(summary), ledger, now);
  } finally {
    store.close();
  }
}

function notSent(reason: string): Failure {
  return new Failure(
    'SUMMARY_NOT_SENT',
    `Summaries are not going out: ${reason}.`,
    'See why above and in the log of the service; `nightshift summary test-mail` tries the mail server, `nightshift summary send` sends now.',
  );
}
