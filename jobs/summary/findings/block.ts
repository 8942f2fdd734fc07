import type { Answer, Rows } from '../measure/question.ts';
import type { Block } from '../page.ts';
import type { ReportBlock } from '../report/schema.ts';
import { chartOf } from './chart.ts';
import { noteOf, tableOf, withoutPersonal } from './rows.ts';
import { type DayValue, dayPlus, historyDays } from './series.ts';
import { tileOf } from './tile.ts';
import type { Wording } from './wording.ts';

/** A block of the page, with what the rest of the page needs to know of it. */
export type Found = {
  readonly block: Block;
  readonly series: readonly DayValue[] | null;
  /** Days on which there was something; empty when it is not told by day. */
  readonly days: readonly string[];
  readonly hidden: readonly string[];
};

export type BlockContext = { readonly day: string; readonly show: readonly string[]; readonly wording: Wording };

/** The first day a block asks for: of its days, or of the eight weeks that a figure is compared with. */
export function fromOf(block: ReportBlock, day: string): string {
  const days = block.kind === 'kpi' ? historyDays : block.days;
  return dayPlus(day, 1 - days);
}

/** More days than a query that asks for `:from` to `:to` gives. */
const mostDays = 1000;

/** How many rows of its answer a block needs. */
export function rowsOf(block: ReportBlock): number {
  if (block.kind === 'kpi' || block.kind === 'series') return mostDays;
  return block.kind === 'text' ? 20 : block.rows;
}

/** The block as it is shown; one whose query failed, or gave what it cannot use, says so in its place. */
export function foundOf(id: string, block: ReportBlock, answer: Answer, context: BlockContext): Found {
  const { title } = block;
  const failed = (reason: string): Found => ({
    block: { id, kind: 'failed', title, reason },
    series: null,
    days: [],
    hidden: [],
  });
  if (answer.kind === 'failed') return failed(answer.reason);
  try {
    return shown(id, block, answer, context);
  } catch (error) {
    if (error instanceof RangeError) return failed(error.message);
    throw error;
  }
}

function shown(id: string, block: ReportBlock, answer: Rows, { day, show, wording }: BlockContext): Found {
  const plain = { series: null, days: [], hidden: [] };
  const from = fromOf(block, day);
  if ((block.kind === 'kpi' || block.kind === 'series') && answer.left > 0) {
    throw new RangeError(`it gives more than ${mostDays} days: ask for those from :from to :to`);
  }
  if (block.kind === 'kpi') {
    const { tile, series, days } = tileOf(id, block, answer, from, day, wording);
    return { ...plain, block: tile, series, days };
  }
  if (block.kind === 'series') return { ...plain, block: chartOf(id, block, answer, from, day, wording) };
  const { shown: allowed, hidden } = withoutPersonal(answer, show);
  if (allowed.columns.length === 0) {
    throw new RangeError('all its columns look personal: name those that may be seen under `show`');
  }
  const made = block.kind === 'text' ? noteOf(id, block.title, allowed) : tableOf(id, block, allowed, wording);
  return { ...plain, block: made, hidden };
}
