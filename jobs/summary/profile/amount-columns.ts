import { snakeCase } from '../blocks/personal-data.ts';
import { num } from '../queries/num.ts';
import { quoted } from './sql-text.ts';
import type { ColumnProfile, TableProfile } from './table-profile.ts';

/** A column that holds amounts. */
export type AmountColumn = {
  readonly name: string;
  readonly isText: boolean;
  /** In hundredths. */
  readonly isMinor: boolean;
  readonly isMoney: boolean;
  readonly score: number;
};

const totalAmount =
  /(^|_)(grand_total|total|total_amount|amount|amt|revenue|sales|net|gross|subtotal|sub_total|paid|jumlah|bayaran|montant|betrag|importe|valor)($|_)/;
const partialAmount =
  /(^|_)(price|harga|precio|prix|preis|cost|fee|freight|shipping|tax|vat|sst|gst|discount|tip|deposit|balance|unit_price|salary|rate|commission|rounding)($|_)/;
const quantity =
  /(^|_)(value|qty|quantity|units|count|minutes|seconds|milliseconds|hours|weight|distance|size|length|bytes|points|score|rating)($|_)/;
/** Whole hundredths, as payment systems keep amounts. */
const minor = /(^|_)(cents?|sen|pence|minor)$/;
const neverAmount =
  /(^|_)(id|no|number|code|key|ref|year|month|day|lat|lng|lon|latitude|longitude|zip|version|status|type|flag|level|order|position|sort|phone|age|port|width|height|percent|pct|epoch|scale|factor)($|_)/;

/** The column as amounts, or null: numbers, or texts that are numbers, which are no key, code, year or flag. */
export function amountColumnOf(column: ColumnProfile, table: TableProfile): AmountColumn | null {
  const name = snakeCase(column.name);
  const { sample } = column;
  if (sample.length === 0 || column.isKey || table.foreignKeys.some((key) => key.column === column.name)) return null;
  if (
    /BOOL|DATE|TIME/.test(column.type) ||
    (neverAmount.test(name) && !totalAmount.test(name)) ||
    isPartOfFraction(name, table)
  )
    return null;
  const numbers = sample.map(num).filter((value) => value !== null);
  if (numbers.length < sample.length * 0.9 || isFlag(numbers)) return null;
  const cents = numbers.filter(
    (value) => !Number.isInteger(value) && Number.isInteger(withoutRoundingError(value * 100)),
  );
  const looksMoney = cents.length > numbers.length / 2;
  const isMinor = minor.test(name) && numbers.every(Number.isInteger);
  const isMoney = totalAmount.test(name) || partialAmount.test(name) || isMinor;
  if (!isMoney && column.nulls > sample.length / 2) return null;
  const isText = sample.some((value) => typeof value === 'string');
  if (!(isMoney || looksMoney || quantity.test(name)) || (isText && !isMoney && !quantity.test(name))) {
    return null;
  }
  const score =
    (totalAmount.test(name) ? 6 : 0) +
    (partialAmount.test(name) ? -2 : 0) +
    (quantity.test(name) ? -1 : 0) +
    (looksMoney ? 2 : 0);
  return { name: column.name, isText, isMinor, isMoney, score };
}

/** A fraction kept as two whole numbers, as GnuCash does: neither is the amount. */
function isPartOfFraction(name: string, table: TableProfile): boolean {
  const stem = /^(.*)_(num|denom)$/.exec(name)?.[1];
  return stem !== undefined && table.columns.some((one) => snakeCase(one.name) === `${stem}_denom`);
}

function isFlag(numbers: readonly number[]): boolean {
  return numbers.every((value) => value === 0 || value === 1);
}

/** Without the last digits, in which floating point is not exact. */
function withoutRoundingError(value: number): number {
  return Number(value.toPrecision(12));
}

export function amountSql({ name, isText, isMinor }: Omit<AmountColumn, 'isMoney' | 'score'>, alias: string): string {
  const c = `${alias}.${quoted(name)}`;
  return `${isText ? `num(${c})` : c}${isMinor ? ' / 100.0' : ''}`;
}

/** Price times quantity in a table of line items, for a table that holds no total itself. */
export type LineItems = {
  readonly table: string;
  readonly column: string;
  readonly to: string;
  readonly sql: string;
};

/** The line items of `head`: a table that refers to it and has a price and a quantity. Null when there is none. */
export function lineItemsOf(head: TableProfile, tables: readonly TableProfile[]): LineItems | null {
  const key = head.columns.filter(({ isKey }) => isKey);
  const [keyColumn] = key;
  if (key.length !== 1 || keyColumn === undefined) return null;
  for (const table of tables) {
    const foreignKey =
      table.foreignKeys.find((foreign) => foreign.table.toLowerCase() === head.name.toLowerCase())?.column ??
      table.columns.find(
        ({ name }) => table !== head && snakeCase(name) === snakeCase(keyColumn.name) && snakeCase(name) !== 'id',
      )?.name;
    const price = findColumn(table, /(^|_)(unit_price|price)(_cents|_sen)?$/);
    const quantityColumn = findColumn(table, /(^|_)(qty|quantity)$/);
    if (table === head || foreignKey === undefined || price === null || quantityColumn === null) continue;
    const discount = findColumn(table, /^discount$/);
    const isShare = discount?.sample.every((value) => Number(num(value)) >= 0 && Number(num(value)) <= 1) ?? false;
    const factor = discount !== null && isShare ? ` * (1 - ${cellSql(discount)})` : '';
    return {
      table: table.name,
      column: foreignKey,
      to: keyColumn.name,
      sql: `${cellSql(price)} * ${cellSql(quantityColumn)}${factor}`,
    };
  }
  return null;
}

function findColumn(table: TableProfile, pattern: RegExp): ColumnProfile | null {
  return table.columns.find(({ name, sample }) => pattern.test(snakeCase(name)) && sample.length > 0) ?? null;
}

function cellSql({ name, sample }: ColumnProfile): string {
  return amountSql(
    { name, isText: sample.some((value) => typeof value === 'string'), isMinor: minor.test(snakeCase(name)) },
    'l',
  );
}
