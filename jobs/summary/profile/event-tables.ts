import { daysBetween } from '../blocks/day-values.ts';
import { snakeCase } from '../blocks/personal-data.ts';
import { type AmountColumn, amountColumnOf, type LineItems, lineItemsOf } from './amount-columns.ts';
import { categoryOf, statusOf } from './category-columns.ts';
import { type DateColumn, dateColumnOf } from './date-columns.ts';
import { pluralNoun, singularNoun } from './row-nouns.ts';
import type { ColumnProfile, TableProfile } from './table-profile.ts';

/** A table whose rows are dated events, and what they can be reported by. */
export type EventTable = {
  readonly table: TableProfile;
  /** What a row is called, from the table's name or that of its number column (`Order No`). */
  readonly rowNoun: { readonly one: string; readonly many: string };
  readonly date: DateColumn;
  readonly amount: AmountColumn | null;
  /** Where the amount comes from when the table has none of its own. */
  readonly lineItems: LineItems | null;
  readonly category: ColumnProfile | null;
  readonly status: ColumnProfile | null;
  /** Its name stands for trade or people, so that it gets a KPI of its own. */
  readonly isNotable: boolean;
  readonly score: number;
};

const trade =
  /(^|_)(orders?|sales?|invoices?|transactions?|payments?|receipts?|bookings?|rentals?|purchases?|subscriptions?|donations?|tickets?|shipments?|deliveries|trips?|visits?|appointments?|jualan|pesanan)($|_)/;
const mainTrade = /(^|_)(orders?|sales?|invoices?|transactions?|payments?)$/;
const detail =
  /(^|_)(items?|lines?|details?|history|log|logs|audit|migrations?|sessions?|backup|archive|temp|tmp)($|_)/;
const people = /(^|_)(customers?|users?|employees?|staff|contacts?|members?|people|suppliers?)($|_)/;

/** The tables of dated events, the one most likely to be the main business first. `day`: the local date reported on. */
export function findEventTables(tables: readonly TableProfile[], day: string, zone: string): EventTable[] {
  return tables
    .flatMap((table) => eventTableOf(table, tables, day, zone) ?? [])
    .toSorted((a, b) => b.score - a.score || b.table.rowCount - a.table.rowCount);
}

function eventTableOf(
  table: TableProfile,
  tables: readonly TableProfile[],
  day: string,
  zone: string,
): EventTable | null {
  const date = best(table.columns.map((column) => dateColumnOf(column, zone)));
  if (date === null || table.rowCount === 0 || date.score < 0) return null;
  const amount = best(table.columns.map((column) => amountColumnOf(column, table)));
  const lineItems = amount === null || amount.score < 4 ? lineItemsOf(table, tables) : null;
  return {
    table,
    rowNoun: rowNounOf(table),
    date,
    amount: lineItems === null ? amount : null,
    lineItems,
    category: categoryOf(table, zone),
    status: statusOf(table),
    isNotable:
      !detail.test(snakeCase(table.name)) && (trade.test(snakeCase(table.name)) || people.test(snakeCase(table.name))),
    score: scoreOf(table, date, lineItems !== null || (amount?.score ?? 0) >= 4, amount !== null, day),
  };
}

function scoreOf(
  { name, rowCount }: TableProfile,
  date: DateColumn,
  hasTotal: boolean,
  hasAmount: boolean,
  day: string,
): number {
  const title = snakeCase(name);
  const age = Math.abs(daysBetween(date.newest, day));
  return (
    (trade.test(title) ? 4 : 0) +
    (mainTrade.test(title) ? 2 : 0) -
    (detail.test(title) ? 4 : 0) -
    (people.test(title) ? 3 : 0) +
    (hasTotal ? 4 : hasAmount ? 1 : 0) +
    Math.log10(rowCount + 1) +
    (age <= 60 ? 2 : age <= 400 ? 1 : 0) +
    date.score / 2
  );
}

/** A table with a meaningless name, as a CSV import makes it, takes its noun from its column of unique numbers. */
function rowNounOf({ name, columns }: TableProfile): EventTable['rowNoun'] {
  const own = { one: singularNoun(name), many: pluralNoun(name) };
  if (!own.many.endsWith(' rows')) return own;
  const stems = columns.flatMap((column) => {
    const stem = /^(order|sale|invoice|receipt|booking|transaction|payment|ticket)_?(no|number|num|id|ref)$/.exec(
      snakeCase(column.name),
    );
    const isUnique = column.sample.length > 1 && new Set(column.sample).size === column.sample.length;
    return stem?.[1] !== undefined && isUnique ? [stem[1]] : [];
  });
  const [stem] = stems;
  return stem === undefined ? own : { one: stem, many: `${stem}s` };
}

function best<T extends { readonly score: number }>(candidates: readonly (T | null)[]): T | null {
  return candidates.filter((one) => one !== null).toSorted((a, b) => b.score - a.score)[0] ?? null;
}
