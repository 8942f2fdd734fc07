import { Failure } from '../../runtime/errors.ts';
import type { QueryFailure } from './query.ts';

/** A query that the page cannot be made without failed. Its cause has SQLite's code. */
export class QueryError extends Failure {
  constructor({ reason, code }: QueryFailure) {
    super(
      'DATABASE_UNREADABLE',
      `The tables of the database could not be read: ${reason}.`,
      'Check that DATABASE_PATH names a SQLite file that this user may read: `nightshift check`.',
      Object.assign(new Error(reason), { code }),
    );
  }
}
