import type { BlockByKind } from '../page/page-model.ts';
import type { QueryRows } from '../queries/query.ts';
import type { ReportBlock } from '../report/schema.ts';
import type { DayValue } from './day-values.ts';
import type { ReportFormat } from './locale-format.ts';
import type { HiddenParts } from './visible-columns.ts';

export type ReportBlockKind = ReportBlock['kind'];
export type ReportBlockOf<Kind extends ReportBlockKind> = Extract<ReportBlock, { kind: Kind }>;

export type BlockContext = {
  readonly id: string;
  /** Local dates: the page's day, and the first that the query covers. */
  readonly day: string;
  readonly from: string;
  /** Columns that look personal and are shown all the same. */
  readonly show: readonly string[];
  readonly format: ReportFormat;
};

/** A block of the page, with what the rest of the page takes from it. */
export type Computed<Block> = {
  readonly block: Block;
  /** One value a day; null when the block has none. */
  readonly series: readonly DayValue[] | null;
  readonly daysWithData: readonly string[];
} & HiddenParts;

export const nothingHidden: HiddenParts = { hiddenColumns: [], hiddenCells: [] };

/** How a kind of block in a report becomes the block of that kind on the page. */
export type BlockComputation<Kind extends ReportBlockKind> = {
  /** Days, up to and with the page's day, that the query covers. */
  days(block: ReportBlockOf<Kind>): number;
  /** Rows of the result that are used. */
  maxRows(block: ReportBlockOf<Kind>): number;
  /** Throws RangeError with the reason when the result cannot be used. */
  compute(block: ReportBlockOf<Kind>, result: QueryRows, context: BlockContext): Computed<BlockByKind[Kind]>;
};
