import type { Block } from '../page/page-model.ts';
import type { QueryResult } from '../queries/query.ts';
import type { ReportBlock } from '../report/schema.ts';
import {
  type BlockComputation,
  type BlockContext,
  type Computed,
  nothingHidden,
  type ReportBlockKind,
  type ReportBlockOf,
} from './block-computation.ts';
import { addDays } from './day-values.ts';
import { kpiComputation } from './kpi.ts';
import { seriesComputation } from './series.ts';
import { exceptionsComputation, tableComputation } from './table.ts';
import { textComputation } from './text.ts';

type BlockComputations = { readonly [Kind in ReportBlockKind]: BlockComputation<Kind> };

const computations: BlockComputations = {
  kpi: kpiComputation,
  series: seriesComputation,
  table: tableComputation,
  exceptions: exceptionsComputation,
  text: textComputation,
};

export type ComputedBlock = Computed<Block>;

/** The first local date that a block's query covers. */
export function firstDayOf(block: ReportBlock, day: string): string {
  return addDays(day, 1 - computationOf(block).days(block));
}

/** How many rows of its result a block uses. */
export function maxRowsOf(block: ReportBlock): number {
  return computationOf(block).maxRows(block);
}

/** The block as it is shown; one whose query failed, or whose result cannot be used, shows the reason instead. */
export function computeBlock(
  block: ReportBlock,
  result: QueryResult,
  context: Omit<BlockContext, 'from'>,
): ComputedBlock {
  if (result.kind === 'failed') return failed(block, context.id, result.reason);
  try {
    return computationOf(block).compute(block, result, { ...context, from: firstDayOf(block, context.day) });
  } catch (error) {
    if (error instanceof RangeError) return failed(block, context.id, error.message);
    throw error;
  }
}

function computationOf<Kind extends ReportBlockKind>(
  block: { [K in Kind]: ReportBlockOf<K> }[Kind],
): BlockComputation<Kind> {
  return computations[block.kind as Kind];
}

function failed({ title }: ReportBlock, id: string, reason: string): ComputedBlock {
  return { block: { id, kind: 'failed', title, reason }, series: null, daysWithData: [], ...nothingHidden };
}
