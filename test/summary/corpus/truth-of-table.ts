import type { CorpusDatabase } from './corpus-database.ts';

interface TableTruth {
  readonly from: string;
  /** SQL: is the row of `:day`? */
  readonly on: string;
  /** SQL: does the row count as business? */
  readonly counting?: string;
  /** SQL of each sum that is a right answer. */
  readonly sums?: readonly string[];
  readonly currency?: string | null;
  readonly words?: RegExp;
}

/** The truth where one table holds what happened: sums of the rows that count; those rows, or all of the day, counted. */
export function truthOfTable({
  from,
  on,
  counting,
  sums = [],
  currency = null,
  words,
}: TableTruth): CorpusDatabase['truth'] {
  const counted = counting === undefined ? `(${on})` : `(${on}) AND (${counting})`;
  return {
    amounts: sums.map((sum) => ({ sql: `SELECT ${sum} FROM ${from} WHERE ${counted}`, currency })),
    counts: [...new Set([counted, `(${on})`])].map((where) => ({
      sql: `SELECT count(*) FROM ${from} WHERE ${where}`,
      words,
    })),
  };
}

/** SQL: the rows of tables of one form. */
export const unionOf = (tables: readonly string[]) =>
  `(${tables.map((table) => `SELECT * FROM ${table}`).join(' UNION ALL ')})`;

/** SQL: `2026-11-26` of `26 Nov 2026`. */
export const isoOfNamedMonth = (column: string) =>
  `substr("${column}", 8, 4) || '-' ||
   printf('%02d', (instr('JanFebMarAprMayJunJulAugSepOctNovDec', substr("${column}", 4, 3)) + 2) / 3) || '-' ||
   substr("${column}", 1, 2)`;
