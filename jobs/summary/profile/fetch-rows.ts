import type { Cell, RunQuery } from '../queries/query.ts';
import { QueryError } from '../queries/query-error.ts';

export type FetchRows = (sql: string, rows?: number) => Promise<readonly (readonly Cell[])[]>;

const timeLimitMs = 10_000;

/** Rows of a query without dates. Throws QueryError. */
export function fetchRowsWith(run: RunQuery): FetchRows {
  return async (sql, rows = 5000) => {
    const result = await run({ sql, dates: { day: '', from: '', to: '' }, maxRows: rows, timeLimitMs });
    if (result.kind === 'failed') throw new QueryError(result);
    return result.rows;
  };
}
