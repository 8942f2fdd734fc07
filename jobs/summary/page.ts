/**
 * One day's summary as plain JSON values: mail, text and web page are made of nothing else, and it is stored as it was
 * sent. Every text is ready to be shown (formatted for the report's locale), and is not yet escaped.
 */
export type Page = {
  readonly version: 1;
  readonly title: string;
  /** BCP 47, such as `en-MY`. */
  readonly locale: string;
  /** IANA zone in which `day` is a local date. */
  readonly zone: string;
  /** The local day it is about, `2025-11-30`. */
  readonly day: string;
  /** ISO instant. */
  readonly madeAt: string;
  /** The sentence a person would say first. Also the mail's preview text. */
  readonly opening: string;
  /** What must be said before anything else: data that stopped arriving, blocks that failed. Most urgent first. */
  readonly warnings: readonly string[];
  readonly blocks: readonly Block[];
  /** What was assumed of a database nobody described; empty with a report file. */
  readonly assumptions: readonly string[];
  readonly backup: { readonly ok: boolean; readonly message: string };
};

export type Block = Tile | Chart | Table | Note | FailedBlock;

/** `id` is unique on the page and fit for an HTML id, a file name and a URL. */
type Named = { readonly id: string; readonly title: string };

/** A figure with what it is compared to. */
export type Tile = Named & {
  readonly kind: 'tile';
  readonly value: string;
  readonly comparisons: readonly Comparison[];
  /** The last days' values, oldest first, the page's day last; null where a day has none. Empty: no sparkline. */
  readonly spark: readonly (number | null)[];
  /** `unusually low: below 7 of the last 8 Mondays`; null when usual. */
  readonly anomaly: string | null;
};

export type Comparison = {
  /** `yesterday`, `last Monday`, `7-day average`, as shown. */
  readonly to: string;
  /** `+12 %`, `no change`, `was 0`. */
  readonly change: string;
  readonly direction: 'up' | 'down' | 'level';
};

export type Chart = Named & {
  readonly kind: 'chart';
  readonly style: 'line' | 'bar';
  readonly points: readonly { readonly label: string; readonly value: number | null; readonly shown: string }[];
  /** A sentence that carries the numbers, for who sees no picture. */
  readonly alt: string;
};

export type Table = Named & {
  readonly kind: 'table';
  /** `exceptions`: rows that somebody should look at; `none`, when set, is said when there are no rows. */
  readonly tone: 'plain' | 'exceptions';
  readonly none: string;
  readonly columns: readonly { readonly title: string; readonly align: 'left' | 'right' }[];
  /** Shown texts, a row each. */
  readonly rows: readonly (readonly string[])[];
  /** The same cells as the database gave them, for CSV. */
  readonly values: readonly (readonly (string | number | null)[])[];
  /** Rows there were and are not shown. */
  readonly left: number;
};

export type Note = Named & { readonly kind: 'note'; readonly text: string };

/** A block whose query failed or took too long, said in its place. */
export type FailedBlock = Named & { readonly kind: 'failed'; readonly reason: string };

/** The warnings that the opening has not said already. */
export function warningsAfterOpening({ opening, warnings }: Pick<Page, 'opening' | 'warnings'>): string[] {
  return warnings.filter((warning) => !opening.includes(warning));
}
