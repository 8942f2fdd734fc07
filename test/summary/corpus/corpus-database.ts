import type { Database } from 'better-sqlite3';
import type { Random } from './random.ts';

/** A database as some business has it, and what a person who knows that business would call the day's figure. */
export interface CorpusDatabase {
  readonly name: string;
  /** The day reported on (`YYYY-MM-DD`, in `zone`); the summary is made at 08:00 of the next. */
  readonly day: string;
  readonly zone: string;
  /** Makes the tables. Returns when the file was last written (epoch in ms), unless at 07:00 after the day. */
  readonly fill: (db: Database, random: Random) => number | undefined;
  /** Nothing to add up and nothing to count: silence is the true answer where both lists are empty. */
  readonly truth: {
    readonly amounts: readonly TrueAnswer[];
    readonly counts: readonly TrueAnswer[];
  };
  /** Nothing has arrived for so long that the owner should be told. */
  readonly stopped?: boolean;
  /** Values that must not be shown, beside those of `people.ts`. */
  readonly canaries?: readonly string[];
}

/** One figure that may be said, by SQL over the same database in which `:day` is the day. */
export interface TrueAnswer {
  readonly sql: string;
  /** What the database itself calls the money; null: nothing there names a currency. Counts have none. */
  readonly currency?: string | null;
  /** Only a sentence with such words may say this figure. */
  readonly words?: RegExp;
  /** No money: it may be said, but the count alone is the day's figure. */
  readonly isExtra?: boolean;
}
