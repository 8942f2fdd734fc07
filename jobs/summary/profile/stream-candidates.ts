import { daysBetween } from '../blocks/day-values.ts';
import { type AmountChoice, chooseAmount } from './amounts/choose-amount.ts';
import { isKeyOf, type LineItems, lineItemsOf, referenceTo } from './amounts/line-items.ts';
import { amountWords } from './column-words.ts';
import { type DateCandidate, dateCandidates } from './dates/date-candidates.ts';
import { type Stream, streamsOf } from './streams.ts';
import type { TableProfile } from './table-profile.ts';
import { isLineTable, tableRank } from './table-words.ts';

/** A stream of dated rows, and how likely it is the business. */
export type StreamCandidate = {
  readonly stream: Stream;
  /** Likeliest first; at least one. */
  readonly dates: readonly DateCandidate[];
  readonly choice: AmountChoice;
  /** Where the amounts come from when the stream has none of its own. */
  readonly lines: LineItems | null;
  /** Its name stands for sales. */
  readonly isTrade: boolean;
  /** Its name stands for something else than sales. */
  readonly isOther: boolean;
  /** Its name stands for trade or people, so that it gets a KPI of its own. */
  readonly isNotable: boolean;
  readonly score: number;
};

const freshDays = 7;
const staleDays = 60;

/** The streams with dates, the one most likely to be the business first. `day`, `today`: local dates. */
export function streamCandidates(
  tables: readonly TableProfile[],
  day: string,
  today: string,
  zone: string,
): StreamCandidate[] {
  return streamsOf(tables)
    .flatMap((stream) => candidateOf(stream, tables, day, today, zone) ?? [])
    .toSorted((a, b) => b.score - a.score || rowsOf(b) - rowsOf(a));
}

function candidateOf(
  stream: Stream,
  tables: readonly TableProfile[],
  day: string,
  today: string,
  zone: string,
): StreamCandidate | null {
  const dates = dateCandidates(stream, zone, today);
  const [date] = dates;
  const [head] = stream.parts;
  if (date === undefined || head === undefined) return null;
  const isDate = new Set(dates.map(({ column }) => column));
  const isKey = isKeyOf(head);
  const own = chooseAmount(stream.columns, (column) => isKey(column) || isDate.has(column));
  const lines = own.amount === null && own.open.length === 0 ? lineItemsOf(stream, tables) : null;
  const rank = tableRank(stream.name, stream.rowNoun.many);
  const hasAmount = own.amount !== null || lines !== null;
  const age = date.newest === '' ? staleDays : Math.max(0, daysBetween(date.newest, day));
  const isRead = tables.some((table) => table !== head && isLines(table, head));
  return {
    stream,
    dates,
    choice: lines?.choice ?? own,
    lines,
    isTrade: rank >= 5 || isLineTable(stream.name) || saysSales(own),
    isOther: rank < 0 && !saysSales(own),
    isNotable: rank >= 5 || rank === -4,
    score:
      rank +
      (hasAmount ? 3 : own.open.length > 0 ? 2 : 0) +
      (age <= freshDays ? 3 : age > staleDays ? -4 : 0) +
      (isRead ? 1 : 0) -
      (head.isView ? 1.5 : 0) +
      Math.log10(rowsOf({ stream }) + 1) * 0.3 +
      date.score / 5,
  };
}

/** The amount's own name says that it is sales. */
function saysSales({ amount }: AmountChoice): boolean {
  return (
    amount?.kind === 'column' && /(^|_)(sales|revenue|jualan|ยอดขาย|销售额)($|_)/.test(amountWords(amount.column.label))
  );
}

function isLines(table: TableProfile, head: TableProfile): boolean {
  const keys = head.columns.filter(({ isKey }) => isKey);
  const [key] = keys;
  return (
    keys.length === 1 &&
    key !== undefined &&
    /item|line|detail/i.test(table.name) &&
    referenceTo(head, key, table) !== null
  );
}

function rowsOf({ stream }: Pick<StreamCandidate, 'stream'>): number {
  return stream.parts.reduce((sum, { rowCount }) => sum + rowCount, 0);
}
