/**
 * One day's summary as plain JSON values: mail, text and web page are made of nothing else, and it is stored as it was
 * sent. Every text is ready to be shown (formatted for the report's locale), and is not yet escaped.
 */
export type SummaryPage = {
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
  /** Of a page without a report: what the opening says, as values, and how sure it is. Pages kept from before have none. */
  readonly headline?: Headline;
  /** The most important sentence. Also the mail's preview text. */
  readonly opening: string;
  /** Data that stopped arriving, blocks that failed; most urgent first. Shown before the blocks. */
  readonly warnings: readonly string[];
  readonly blocks: readonly Block[];
  /** What was assumed of a database without a report file; with one, the columns left out. */
  readonly assumptions: readonly string[];
  readonly backup: { readonly ok: boolean; readonly message: string };
};

export type Headline = {
  /** `hedged`: rows are counted, and no money is shown; `absent`: nothing is said of the day. */
  readonly kind: 'sure' | 'hedged' | 'absent';
  /** Of the day, not rounded; null: not said. */
  readonly amount: number | null;
  /** ISO 4217; null: none is named. */
  readonly currency: string | null;
  readonly count: number | null;
  readonly noun: string | null;
  /** What a person would have to say. */
  readonly doubts: readonly string[];
};

/** Every kind of block by its name, which is the same in a report, on a page, and in the style sheets. */
export type BlockByKind = {
  readonly kpi: KpiBlock;
  readonly series: SeriesBlock;
  readonly table: TableBlock;
  readonly exceptions: ExceptionsBlock;
  readonly text: TextBlock;
  readonly failed: FailedBlock;
};

export type BlockKind = keyof BlockByKind;
export type Block = BlockByKind[BlockKind];

/** `id` is unique on the page and fit for an HTML id, a file name and a URL. */
type BlockBase<Kind extends string> = { readonly kind: Kind; readonly id: string; readonly title: string };

/** A figure with what it is compared to. */
export type KpiBlock = BlockBase<'kpi'> & {
  readonly value: string;
  readonly comparisons: readonly KpiComparison[];
  /** The last days' values, oldest first, the page's day last; null where a day has none. Empty: no sparkline. */
  readonly sparkline: readonly (number | null)[];
  /** `unusually low: below 7 of the last 8 Mondays`; null when usual. */
  readonly anomaly: string | null;
};

export type KpiComparison = {
  /** `the day before`, `the Monday before`, `7-day average`, as shown. */
  readonly to: string;
  /** `+12 %`, `no change`, `was 0`. */
  readonly change: string;
  readonly direction: 'up' | 'down' | 'level';
};

/** A chart of values, in their order. */
export type SeriesBlock = BlockBase<'series'> & {
  readonly style: 'line' | 'bar';
  readonly points: readonly SeriesPoint[];
  /** A sentence with the main numbers, for readers without images. */
  readonly alt: string;
};

export type SeriesPoint = { readonly label: string; readonly value: number | null; readonly formatted: string };

export type TableBlock = BlockBase<'table'> & TableContent;

/** A table of rows that somebody should check. */
export type ExceptionsBlock = BlockBase<'exceptions'> & TableContent;

export type TableContent = {
  /** Shown in place of the table when it has no rows. */
  readonly emptyText: string;
  readonly columns: readonly { readonly title: string; readonly align: 'left' | 'right' }[];
  /** Shown texts, a row each. */
  readonly rows: readonly (readonly string[])[];
  /** The same cells as the database gave them, for CSV. */
  readonly values: readonly (readonly (string | number | null)[])[];
  /** Rows of the result beyond these. */
  readonly omittedRows: number;
};

export type TextBlock = BlockBase<'text'> & { readonly text: string };

/** In place of a block whose query failed or took too long. */
export type FailedBlock = BlockBase<'failed'> & { readonly reason: string };

/** The warnings that the opening does not contain. */
export function warningsAfterOpening({ opening, warnings }: Pick<SummaryPage, 'opening' | 'warnings'>): string[] {
  return warnings.filter((warning) => !opening.includes(warning));
}

/** Neighbouring KPIs together, as they are shown side by side; every other block by itself. */
export function groupKpis(blocks: readonly Block[]): (readonly KpiBlock[] | Exclude<Block, KpiBlock>)[] {
  const groups: (KpiBlock[] | Exclude<Block, KpiBlock>)[] = [];
  for (const block of blocks) {
    const last = groups.at(-1);
    if (block.kind !== 'kpi') groups.push(block);
    else if (Array.isArray(last)) last.push(block);
    else groups.push([block]);
  }
  return groups;
}
