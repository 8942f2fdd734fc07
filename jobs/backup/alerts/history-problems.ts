import { oneLine } from '../../monitoring/alerts/alert.ts';
import type { SerializedFailure } from '../outcome.ts';
import type { BackupProblem } from './backup-problem.ts';

/** The run history cannot be kept in STATE_DIR. `since`: when that was first seen. */
export function unrecordedProblem({ code, message, hint }: SerializedFailure, since: string): BackupProblem {
  return {
    database: null,
    kind: 'unrecorded',
    code,
    key: null,
    title: `backups run WITHOUT HISTORY (${code})`,
    message: `the run history cannot be kept: ${message}`,
    lines: [
      'The run history cannot be kept. Backups continue without it.',
      `What: ${oneLine(message)} (${code})`,
      'What that costs: `nightshift status` and `list` do not know of these runs, nor which of their backups were read back; what a killed run left in the store is not cleaned up.',
    ],
    hint,
    since,
  };
}

/** A damaged history was renamed to `renamed`, and a new one started. */
export function renamedProblem(renamed: string, since: string): BackupProblem {
  return {
    database: null,
    kind: 'history-renamed',
    code: '',
    key: null,
    title: 'the run history was damaged; a new one was started',
    message: `the run history was damaged and is ${renamed} now; a new one was started`,
    lines: [
      'The run history was damaged. A new one was started; the backups in the store are not touched by this.',
      `The damaged file: ${renamed}`,
      'What was lost: the runs so far, which backups this host read back, the marker of the folder that backups go to, what a killed run left in the store, and since when something is wrong, so reminders start over.',
      'Not lost: suspects that were accepted, which is recorded in the store. `nightshift list` shows those that still wait.',
    ],
    hint: 'Check the disk of STATE_DIR. A copy of history.db from before may be put back while nothing runs; else remove the damaged file.',
    since,
  };
}
