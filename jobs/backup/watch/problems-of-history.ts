import { oneLine } from '../../platform/alert.ts';
import type { Trouble } from '../outcome.ts';
import type { Problem } from './problem.ts';

/** The run history cannot be kept in STATE_DIR. `since`: when that was first seen. */
export function unrecordedProblem({ code, sentence, cure }: Trouble, since: string): Problem {
  return {
    database: null,
    kind: 'unrecorded',
    code,
    title: `backups run WITHOUT HISTORY (${code})`,
    sentence: `the run history cannot be kept: ${sentence}`,
    lines: [
      'The run history cannot be kept. Backups go on without it.',
      `What: ${oneLine(sentence)} (${code})`,
      'What that costs: `nightshift status` and `list` do not know of these runs; a suspect that was accepted may count as suspect again, so nothing is pruned; what a killed run left in the store is not cleaned up.',
    ],
    cure,
    since,
  };
}

/** A damaged history was renamed to `renamed`, and a new one begun. */
export function renamedProblem(renamed: string, since: string): Problem {
  return {
    database: null,
    kind: 'history-renamed',
    code: '',
    title: 'the run history was damaged; a new one was begun',
    sentence: `the run history was damaged and is ${renamed} now; a new one was begun`,
    lines: [
      'The run history was damaged. A new one was begun; the backups in the store are not touched by this.',
      `The damaged file: ${renamed}`,
      'What was lost: which backups were read back, which suspects were accepted, what a killed run left in the store, and since when something is wrong.',
    ],
    cure: 'Check the disk of STATE_DIR. A copy of history.db from before may be put back while nothing runs; else remove the damaged file.',
    since,
  };
}
