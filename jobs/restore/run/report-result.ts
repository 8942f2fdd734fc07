import type { RestoreJournal } from '../swap/journal.ts';
import {
  afterRollbackText,
  isLeftOffAsRequested,
  notDoneText,
  reportText,
  resultFailure,
  rolledBackText,
} from './report.ts';
import type { RestoreDeps } from './restore-deps.ts';

/** Prints the report. Throws how it ended when that is not as it was meant to. */
export function reportResult(ended: RestoreJournal, now: Temporal.Instant, { settings, out }: RestoreDeps): void {
  const failure = resultFailure(ended);
  if (failure?.code !== 'RESTORE_ROLLED_BACK') out(reportText(ended, { now, zone: settings.zone }));
  if (failure !== null) throw failure;
}

/** As `reportResult`, of a restore that another process began. `instead`: what was typed and is not done; null: this was asked for. */
export function reportResumed(ended: RestoreJournal, instead: readonly string[] | null, deps: RestoreDeps): void {
  const wentBack = ended.step === 'cleaningUp';
  if (wentBack && resultFailure(ended) === null) {
    deps.out(`\nAs before that restore: ${afterRollbackText(ended)}\n`);
    return;
  }
  if (isLeftOffAsRequested(ended)) {
    deps.out(`\n${rolledBackText(ended)}\n`);
    return;
  }
  try {
    reportResult(ended, deps.clock.now(), deps);
  } catch (error) {
    if (instead !== null) deps.log.warn(notDoneText(instead));
    throw error;
  }
}
