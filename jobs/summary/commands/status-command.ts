import { Command } from 'commander';
import type { CliContext } from '../../runtime/cli-context.ts';
import { Failure } from '../../runtime/errors.ts';
import { readSummarySettings } from '../../settings/settings.ts';
import { acquireSendingLock } from '../storage/sending-lock.ts';
import { openSummaryStore, openSummaryStoreReadOnly } from '../storage/summary-store.ts';
import { summaryStatus } from './status.ts';
import { summaryStatusText } from './status-text.ts';

export function summaryStatusCommand(context: CliContext): Command {
  return new Command('status')
    .description('show whether summaries are being sent: the last 30 days, to whom, when, and the next one')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nReads the ledger in STATE_DIR only. Exit code 1 when the last summary due did not go out.')
    .action(async ({ json }: { json?: boolean }) => {
      const settings = readSummarySettings(context.environment);
      const now = context.clock.now();
      const store = openSummaryStoreReadOnly(settings.stateDir);
      if (store !== null) closeAbandoned(settings.stateDir, now);
      const { schedule, recipients } = settings.summary;
      const plan = { cron: schedule, zone: settings.zone };
      const status = summaryStatus(plan, recipients, store?.ledger ?? null, now);
      store?.close();
      context.out(
        json === true ? `${JSON.stringify(status, null, 2)}\n` : summaryStatusText(status, now, settings.zone),
      );
      if (!status.ok) throw notSent(status.reason);
    });
}

/** Marks what a dead process left as `sending`; with a read-only folder the next sender does it. */
function closeAbandoned(stateDir: string, now: Temporal.Instant): void {
  try {
    const lock = acquireSendingLock(stateDir);
    if (lock === null) return;
    const store = openSummaryStore(stateDir);
    store.ledger.closeAbandoned(now);
    store.close();
    lock.release();
  } catch {
    // The folder may be mounted read-only.
  }
}

function notSent(reason: string): Failure {
  return new Failure(
    'SUMMARY_NOT_SENT',
    `Summaries are not going out: ${reason}.`,
    'See why above and in the log of the service; `nightshift summary test-mail` tries the mail server, `nightshift summary send` sends now.',
  );
}
