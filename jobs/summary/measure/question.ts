/** What a database gives: blobs are told as text, whole numbers too big for JavaScript too. */
export type Cell = string | number | null;

/** One query with its limits. Every named parameter the SQL uses is given; others are left alone. */
export type Question = {
  readonly sql: string;
  /** Local dates, `2025-11-30`. */
  readonly dates: { readonly day: string; readonly from: string; readonly to: string };
  /** Rows that are kept; the rest are counted. */
  readonly rows: number;
  readonly timeLimitMs: number;
};

/** A column of an answer; `column` and `table` say where it comes from, null when it is made by an expression. */
export type Column = { readonly name: string; readonly column: string | null; readonly table: string | null };

export type Rows = {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Rows there were beyond those kept. */
  readonly left: number;
};

export type Answer = ({ readonly kind: 'rows' } & Rows) | Refusal;

/** `code`: SQLite's, when it is from there. */
export type Refusal = { readonly kind: 'failed'; readonly reason: string; readonly code: string | null };

/** Asks the database; never throws for what is wrong with the query. */
export type Ask = (question: Question) => Promise<Answer>;
