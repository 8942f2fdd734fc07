import { Command } from 'commander';
import type { CliContext } from '../../runtime/cli-context.ts';
import { Failure } from '../../runtime/errors.ts';
import { readSummarySettings } from '../../settings/settings.ts';
import { openLedger, readLedger } from '../ledger.ts';
import { acquireSendingLock } from '../sending-lock.ts';
import { summaryStatus } from './status.ts';
import { summaryStatusText } from './status-text.ts';

export function summaryStatusCommand(context: CliContext): Command {
  return new Command('status')
    .description('say whether summaries are being sent: the last 30 days, to whom, when, and the next one')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nReads the ledger in STATE_DIR only. Exit code 1 when the last summary due did not go out.')
    .action(async ({ json }: { json?: boolean }) => {
      const settings = readSummarySettings(context.environment);
      const now = context.clock.now();
      closeAbandoned(settings.stateDir, now);
      const ledger = readLedger(settings.stateDir);
      const status = summaryStatus(settings, ledger, now);
      ledger?.close();
      context.out(
        json === true ? `${JSON.stringify(status, null, 2)}\n` : summaryStatusText(status, now, settings.zone),
      );
      if (!status.ok) throw notSent(status.reason);
    });
}

/** What a dead process left as `sending` is told as it is; with a read-only folder the next sender does it. */
function closeAbandoned(stateDir: string, now: Temporal.Instant): void {
  if (readLedger(stateDir) === null) return;
  try {
    const lock = acquireSendingLock(stateDir);
    if (lock === null) return;
    const ledger = openLedger(stateDir);
    ledger.closeAbandoned(now);
    ledger.close();
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
