import { snakeCase } from '../blocks/personal-data.ts';
import { dayOf } from '../queries/day-of.ts';
import { localCalendar } from '../queries/local-calendar.ts';
import type { Amount } from './amounts/amount.ts';
import { isEqual, numbersOf } from './amounts/numbers.ts';
import { isStateName } from './counting-rules.ts';
import type { Stream } from './streams.ts';
import type { ColumnProfile } from './table-profile.ts';

/** What one event is: a row, or the rows of one order number, worth one of its amounts (`max`) or all of them (`sum`). */
export type Grain =
  | { readonly kind: 'row' }
  | {
      readonly kind: 'key';
      readonly column: ColumnProfile;
      readonly value: 'max' | 'sum';
      /** A line that does not count leaves itself out, or its whole order. */
      readonly leavesOut: 'line' | 'order';
    };

export type GrainChoice = {
  readonly grain: Grain;
  readonly others: readonly { readonly grain: Grain; readonly question: string }[];
};

const keyName =
  /(^|_)(order|invoice|receipt|bill|sale|sales|transaction|txn|booking|ticket|pesanan|resit|invois|doc|document|package)_?(no|number|num|id|ref|reference|code|sn)$|^(order|invoice|receipt|bill|transaction|booking|ticket|name|no|number|nombor_pesanan|no_pesanan|no_resit|no_invois)$/;
const rowsAreEvents = /(^|_)(payments?|refunds?|shipments?|deliver(y|ies)|visits?|stock|movements?|logs?)$/;
const row: GrainChoice = { grain: { kind: 'row' }, others: [] };

/** Decides whether rows repeat an order number, and if they do, whether they repeat its total, too. `date`: the stream's. */
export function grainOf(stream: Stream, date: ColumnProfile, amount: Amount | null, zone: string): GrainChoice {
  if (rowsAreEvents.test(snakeCase(stream.name))) return row;
  const key = stream.columns.find((column) => isRepeatedKey(column, date, zone));
  if (key === undefined) return row;
  const isEachStated = stream.columns.every(({ label, nulls }) => !isStateName(label) || nulls === 0);
  const grain = (value: 'max' | 'sum'): Grain => ({
    kind: 'key',
    column: key,
    value,
    leavesOut: value === 'sum' && isEachStated ? 'line' : 'order',
  });
  if (amount === null || amount.kind === 'product') return { grain: grain('sum'), others: [] };
  const column = stream.columns.find(({ name }) => name === amount.column.name);
  const groups = column === undefined ? [] : groupsOf(key, column);
  const several = groups.filter((values) => values.length > 1);
  const filled = several.map((values) => values.filter((value): value is number => value !== null && value !== 0));
  const isFirstOnly = filled.every((values) => values.length <= 1) && several.length > 0;
  const isRepeated = filled.filter(
    (values) => values.length > 1 && values.every((value) => isEqual(value, values[0] ?? 0)),
  );
  const repeats = filled.filter((values) => values.length > 1);
  if (isFirstOnly) return { grain: grain('max'), others: [] };
  if (isRepeated.length === repeats.length && repeats.length >= 3) {
    const others = repeats.length >= 5 ? [] : [{ grain: grain('sum'), question: questionOf(amount) }];
    return { grain: grain('max'), others };
  }
  if (isRepeated.length <= repeats.length * 0.5) return { grain: grain('sum'), others: [] };
  return { grain: grain('sum'), others: [{ grain: grain('max'), question: questionOf(amount) }] };
}

function questionOf(amount: Amount): string {
  return `is ${amount.kind === 'column' ? `“${amount.column.name}”` : 'the amount'} of the whole order or of one line`;
}

/** A column of order numbers that neighbouring rows of one day share. */
function isRepeatedKey(column: ColumnProfile, date: ColumnProfile, zone: string): boolean {
  const { cells, sample, label } = column;
  if (
    !keyName.test(snakeCase(label)) ||
    /parent|original|linked|related/i.test(label) ||
    sample.length < 5 ||
    !sample.every(isNumberLike)
  )
    return false;
  const distinct = new Set(sample).size;
  if (distinct === sample.length || distinct < 3 || largestGroup(cells) > sample.length / 3) return false;
  const calendar = localCalendar(zone);
  const days = new Map<string | number, Set<string>>();
  for (const [index, cell] of cells.entries()) {
    const day = dayOf(date.cells[index] ?? null, calendar);
    if (cell !== null && day !== null) days.set(cell, (days.get(cell) ?? new Set()).add(day));
  }
  const oneDay = [...days.values()].filter((set) => set.size === 1).length;
  return days.size >= 3 && oneDay >= days.size * 0.9;
}

function largestGroup(cells: ColumnProfile['cells']): number {
  const sizes = Map.groupBy(
    cells.filter((cell) => cell !== null),
    (cell) => cell,
  );
  return Math.max(0, ...[...sizes.values()].map(({ length }) => length));
}

/** Numbers of orders have digits in them; names of people have none. */
function isNumberLike(value: string | number): boolean {
  return /\d/.test(String(value));
}

function groupsOf(key: ColumnProfile, amount: ColumnProfile): (number | null)[][] {
  const values = numbersOf(amount);
  const groups = new Map<string | number, (number | null)[]>();
  for (const [index, cell] of key.cells.entries())
    if (cell !== null) groups.set(cell, [...(groups.get(cell) ?? []), values[index] ?? null]);
  return [...groups.values()];
}
