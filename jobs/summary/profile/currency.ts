import { snakeCase } from '../blocks/personal-data.ts';
import type { FetchRows } from './fetch-rows.ts';
import type { Reading } from './reading.ts';
import { datedParts } from './reading.ts';
import { cellSql, quoted } from './sql-text.ts';
import type { ColumnProfile, TableProfile } from './table-profile.ts';

/** The currencies of the amounts: none when nothing names one, several when they must not be added. */
export type CurrencyGuess = { readonly currencies: readonly string[]; readonly why: string };

/** How numbers are written in the country of a zone; it names no currency. */
const locales: Readonly<Record<string, string>> = {
  'Asia/Kuala_Lumpur': 'en-MY',
  'Asia/Kuching': 'en-MY',
  'Asia/Singapore': 'en-SG',
  'Asia/Jakarta': 'id-ID',
  'Asia/Bangkok': 'en-TH',
  'Asia/Manila': 'en-PH',
  'Asia/Kolkata': 'en-IN',
  'Asia/Tokyo': 'ja-JP',
  'Australia/Sydney': 'en-AU',
  'Europe/London': 'en-GB',
  'Europe/Berlin': 'de-DE',
  'Europe/Paris': 'fr-FR',
  'America/New_York': 'en-US',
  'America/Chicago': 'en-US',
  'America/Los_Angeles': 'en-US',
};
const currencyName = /(^|_)(currency|currency_code|mata_wang|ccy)$/;
const signs: Readonly<Record<string, string>> = {
  RM: 'MYR',
  RP: 'IDR',
  S$: 'SGD',
  US$: 'USD',
  $: 'USD',
  '€': 'EUR',
  '£': 'GBP',
  '₹': 'INR',
  '฿': 'THB',
  '₱': 'PHP',
};
const codes = new Set(Intl.supportedValuesOf('currency'));
const maxValues = 20;
const maxRows = 50_000;

export function localeOf(zone: string): string {
  return locales[zone] ?? 'en-GB';
}

/** The currency that a column, a sign in front of an amount, or the name of a column says. */
export async function readCurrency(
  reading: Reading,
  tables: readonly TableProfile[],
  fetchRows: FetchRows,
): Promise<CurrencyGuess> {
  const { stream, amount, lines } = reading;
  const own = [...stream.columns, ...(lines?.table.columns ?? [])];
  const column = stream.columns.find(({ label }) => currencyName.test(snakeCase(label)));
  if (column !== undefined) {
    const found = currenciesOf(await distinctValues(reading, (one) => cellSql(one), column, fetchRows));
    if (found.length > 0) return { currencies: found, why: `as “${column.name}” says` };
  }
  if (amount !== null && lines === null && amount.kind === 'column') {
    const bare = `trim(${cellSql(amount.column)}, '0123456789.,-+() ')`;
    const found = currenciesOf(await distinctValues(reading, () => bare, amount.column, fetchRows));
    if (found.length > 0) return { currencies: found, why: 'as they are written' };
  }
  const amounts = amount === null ? [] : amount.kind === 'column' ? [amount.column] : [amount.price];
  for (const names of [amounts, own]) {
    const named = [...new Set(names.flatMap(({ label }) => currencyInName(label)))];
    if (named.length > 0) return { currencies: named, why: 'as the name of a column says' };
  }
  const byId = currencyOfId(stream.columns, tables);
  if (byId.length > 0) return { currencies: byId, why: 'as the table of currencies says' };
  const elsewhere = tables.flatMap(({ columns }) => columns.filter(({ label }) => currencyName.test(snakeCase(label))));
  const all = currenciesOf(elsewhere.flatMap(({ sample }) => sample.map(String)));
  return all.length === 1
    ? { currencies: all, why: 'as the only currency in the database' }
    : { currencies: [], why: '' };
}

/** The currencies that `currency_id` names in a table of currencies. */
function currencyOfId(columns: readonly ColumnProfile[], tables: readonly TableProfile[]): string[] {
  const reference = columns.find(({ label }) => /(^|_)currency_id$/.test(snakeCase(label)));
  const table = tables.find(({ name }) => /(^|_)currenc(y|ies)$/.test(snakeCase(name)));
  const id = table?.columns.find(({ label }) => snakeCase(label) === 'id');
  const code = table?.columns.find(({ cells }) => currenciesOf(cells.map(String)).length > 0);
  if (reference === undefined || id === undefined || code === undefined) return [];
  const used = new Set(reference.sample.map(String));
  return currenciesOf(code.cells.filter((_, row) => used.has(String(id.cells[row]))).map(String));
}

/** Values of the stream's newest rows. */
async function distinctValues(
  reading: Reading,
  sql: (column: Pick<ColumnProfile, 'name' | 'json'>) => string,
  column: Pick<ColumnProfile, 'name' | 'json'>,
  fetchRows: FetchRows,
): Promise<string[]> {
  const values = new Set<string>();
  for (const { table } of datedParts(reading)) {
    if (!table.columns.some(({ name }) => name.toLowerCase() === column.name.toLowerCase())) continue;
    const newest = table.hasRowid ? `ORDER BY t.rowid DESC LIMIT ${maxRows}` : `LIMIT ${maxRows}`;
    const rows = await fetchRows(
      `SELECT DISTINCT c FROM (SELECT ${sql(column)} AS c FROM ${quoted(table.name)} t ${newest}) WHERE c <> ''`,
      maxValues,
    );
    for (const [value] of rows) values.add(String(value));
  }
  return [...values];
}

function currenciesOf(values: readonly string[]): string[] {
  return [
    ...new Set(
      values.flatMap((value) => {
        const text = value.trim().replace(/\.$/, '').toUpperCase();
        const found = signs[text] ?? (codes.has(text) ? text : undefined);
        return found === undefined ? [] : [found];
      }),
    ),
  ];
}

/** `Total (RM)`, `amount_usd`. */
function currencyInName(name: string): string[] {
  return snakeCase(name)
    .split('_')
    .flatMap((word) =>
      word === 'rm' ? ['MYR'] : /^(myr|usd|sgd|eur|gbp|idr|thb|aud|inr|jpy)$/.test(word) ? [word.toUpperCase()] : [],
    );
}
