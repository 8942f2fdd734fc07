import { snake } from '../findings/personal.ts';
import { daysBetween } from '../findings/series.ts';
import { type AmountColumn, amountColumnOf, type Lines, linesOf } from './amounts.ts';
import { categoryOf, statusOf } from './categories.ts';
import { type DateColumn, dateColumnOf } from './dates.ts';
import { type Column, pluralWords, singularWords, type Table } from './table.ts';

/** A table whose rows happen on days, and what can be said of them. */
export type Subject = {
  readonly table: Table;
  /** What its rows are called: by the table's name, or by their number's (`Order No`). */
  readonly rows: { readonly one: string; readonly many: string };
  readonly date: DateColumn;
  readonly amount: AmountColumn | null;
  /** Where the amount comes from when the table has none of its own. */
  readonly lines: Lines | null;
  readonly category: Column | null;
  readonly status: Column | null;
  /** By its name it is trade or people, worth a figure of its own. */
  readonly isTelling: boolean;
  readonly score: number;
};

const trade =
  /(^|_)(orders?|sales?|invoices?|transactions?|payments?|receipts?|bookings?|rentals?|purchases?|subscriptions?|donations?|tickets?|shipments?|deliveries|trips?|visits?|appointments?|jualan|pesanan)($|_)/;
const first = /(^|_)(orders?|sales?|invoices?|transactions?|payments?)$/;
const detail =
  /(^|_)(items?|lines?|details?|history|log|logs|audit|migrations?|sessions?|backup|archive|temp|tmp)($|_)/;
const people = /(^|_)(customers?|users?|employees?|staff|contacts?|members?|people|suppliers?)($|_)/;

/** The tables whose rows happen on days, the one that tells most of the business first. */
export function subjectsOf(tables: readonly Table[], day: string, zone: string): Subject[] {
  return tables
    .flatMap((table) => subjectOf(table, tables, day, zone) ?? [])
    .toSorted((a, b) => b.score - a.score || b.table.rows - a.table.rows);
}

function subjectOf(table: Table, tables: readonly Table[], day: string, zone: string): Subject | null {
  const date = best(table.columns.map((column) => dateColumnOf(column, zone)));
  if (date === null || table.rows === 0 || date.score < 0) return null;
  const amount = best(table.columns.map((column) => amountColumnOf(column, table)));
  const lines = amount === null || amount.score < 4 ? linesOf(table, tables) : null;
  return {
    table,
    rows: nameOfRows(table),
    date,
    amount: lines === null ? amount : null,
    lines,
    category: categoryOf(table, zone),
    status: statusOf(table),
    isTelling: !detail.test(snake(table.name)) && (trade.test(snake(table.name)) || people.test(snake(table.name))),
    score: scoreOf(table, date, lines !== null || (amount?.score ?? 0) >= 4, amount !== null, day),
  };
}

function scoreOf({ name, rows }: Table, date: DateColumn, hasTotal: boolean, hasAmount: boolean, day: string): number {
  const title = snake(name);
  const age = Math.abs(daysBetween(date.newest, day));
  return (
    (trade.test(title) ? 4 : 0) +
    (first.test(title) ? 2 : 0) -
    (detail.test(title) ? 4 : 0) -
    (people.test(title) ? 3 : 0) +
    (hasTotal ? 4 : hasAmount ? 1 : 0) +
    Math.log10(rows + 1) +
    (age <= 60 ? 2 : age <= 400 ? 1 : 0) +
    date.score / 2
  );
}

/** A table without a telling name, as a CSV import makes it, is called by its column of unlike numbers. */
function nameOfRows({ name, columns }: Table): Subject['rows'] {
  const own = { one: singularWords(name), many: pluralWords(name) };
  if (!own.many.endsWith(' rows')) return own;
  const stems = columns.flatMap((column) => {
    const stem = /^(order|sale|invoice|receipt|booking|transaction|payment|ticket)_?(no|number|num|id|ref)$/.exec(
      snake(column.name),
    );
    const isUnlike = column.sample.length > 1 && new Set(column.sample).size === column.sample.length;
    return stem?.[1] !== undefined && isUnlike ? [stem[1]] : [];
  });
  const [stem] = stems;
  return stem === undefined ? own : { one: stem, many: `${stem}s` };
}

function best<T extends { readonly score: number }>(candidates: readonly (T | null)[]): T | null {
  return candidates.filter((one) => one !== null).toSorted((a, b) => b.score - a.score)[0] ?? null;
}
