import { Failure } from '../../runtime/errors.ts';
import type { Refusal } from './question.ts';

/** A question that had to be answered was not. Its cause carries SQLite's code. */
export class Unanswered extends Failure {
  constructor({ reason, code }: Refusal) {
    super(
      'DATABASE_UNREADABLE',
      `The database could not be asked what it holds: ${reason}.`,
      'Check that DATABASE_PATH names a SQLite file that this user may read: `nightshift check`.',
      Object.assign(new Error(reason), { code }),
    );
  }
}
