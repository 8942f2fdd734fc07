/** A value of a result; blobs and whole numbers too big for JavaScript are given as text. */
export type Cell = string | number | null;

/** One query with its limits. Every named parameter the SQL uses is given; others are left alone. */
export type Query = {
  readonly sql: string;
  /** Local dates, `2025-11-30`. */
  readonly dates: { readonly day: string; readonly from: string; readonly to: string };
  /** Rows that are returned; the rest are counted. */
  readonly maxRows: number;
  readonly timeLimitMs: number;
};

/** A column of a result; `column` and `table` say where it comes from, null when it is made by an expression. */
export type ResultColumn = { readonly name: string; readonly column: string | null; readonly table: string | null };

export type QueryRows = {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** Rows beyond those. */
  readonly omittedRows: number;
};

export type QueryResult = ({ readonly kind: 'rows' } & QueryRows) | QueryFailure;

/** `code`: SQLite's, when it is from there. */
export type QueryFailure = { readonly kind: 'failed'; readonly reason: string; readonly code: string | null };

/** Never throws for what is wrong with the query. */
export type RunQuery = (query: Query) => Promise<QueryResult>;
