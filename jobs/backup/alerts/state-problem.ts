import { oneLine } from '../../monitoring/alerts/alert.ts';
import type { StateBackup } from '../../monitoring/history/history.ts';
import type { BackupProblem } from './backup-problem.ts';

/** Why the state of this host could not be stored the last time, until it is; null while it is. */
export function problemOfState(stored: StateBackup | null): BackupProblem | null {
  if (stored === null || stored.problem === null) return null;
  return {
    database: null,
    kind: 'state-not-stored',
    code: '',
    key: null,
    title: 'the state of this host is not backed up',
    message: `the state of this host is not backed up: ${oneLine(stored.problem)}`,
    lines: [
      'Backups are made, but what STATE_DIR holds could not be stored beside them: the run history, and the ledger and report of the summary.',
      `What: ${oneLine(stored.problem)}`,
      'What that costs: on a new host it would not be known who got which summary, nor what was accepted.',
    ],
    hint: 'See what was found. It is tried again by the next backup; by hand: nightshift backup',
    since: stored.at.toString(),
  };
}
