import { snakeCase } from '../blocks/personal-data.ts';
import type { TableProfile } from './table-profile.ts';

/** `why` is null when the currency is unknown: amounts are then shown without one. */
export type CurrencyGuess = { readonly currency: string | null; readonly locale: string; readonly why: string | null };

/** Zones of one country with one currency, and how numbers are written there. */
const zones: Readonly<Record<string, readonly [string, string]>> = {
  'Asia/Kuala_Lumpur': ['MYR', 'en-MY'],
  'Asia/Kuching': ['MYR', 'en-MY'],
  'Asia/Singapore': ['SGD', 'en-SG'],
  'Asia/Jakarta': ['IDR', 'id-ID'],
  'Asia/Bangkok': ['THB', 'en-TH'],
  'Asia/Manila': ['PHP', 'en-PH'],
  'Asia/Kolkata': ['INR', 'en-IN'],
  'Asia/Tokyo': ['JPY', 'ja-JP'],
  'Australia/Sydney': ['AUD', 'en-AU'],
  'Europe/London': ['GBP', 'en-GB'],
  'Europe/Berlin': ['EUR', 'de-DE'],
  'Europe/Paris': ['EUR', 'fr-FR'],
  'America/New_York': ['USD', 'en-US'],
  'America/Chicago': ['USD', 'en-US'],
  'America/Los_Angeles': ['USD', 'en-US'],
};
const names: readonly (readonly [RegExp, string])[] = [
  [/(^|[^a-z])(RM|MYR)([^a-z]|$)/i, 'MYR'],
  [/(^|[^a-z])(USD|US\$)([^a-z]|$)/i, 'USD'],
  [/(^|[^a-z])EUR([^a-z]|$)/i, 'EUR'],
  [/(^|[^a-z])SGD([^a-z]|$)/i, 'SGD'],
];
const signs: readonly (readonly [RegExp, string])[] = [
  [/^RM\s?\d/i, 'MYR'],
  [/^Rp\.?\s?\d/i, 'IDR'],
  [/^S\$/, 'SGD'],
  [/^(US)?\$/, 'USD'],
  [/€/, 'EUR'],
  [/£/, 'GBP'],
  [/₹/, 'INR'],
];

/** The currency of amounts: of a currency column with one value, of a sign in front of an amount, of the zone's country. */
export function currencyOf(table: TableProfile, amount: string | null, zone: string): CurrencyGuess {
  const [ofZone, locale = 'en-GB'] = zones[zone] ?? [];
  const column = table.columns.find(({ name }) => /(^|_)currency(_code)?$/.test(snakeCase(name)));
  const codes = new Set(column?.sample.map((value) => String(value).toUpperCase()));
  const [code] = codes;
  if (
    column !== undefined &&
    codes.size === 1 &&
    code !== undefined &&
    Intl.supportedValuesOf('currency').includes(code)
  ) {
    return { currency: code, locale, why: `as ${table.name}.${column.name} says` };
  }
  const named = names.find(([pattern]) => pattern.test(amount ?? ''));
  if (named !== undefined) return { currency: named[1], locale, why: `as the column ${amount} says` };
  const [sample] = table.columns.find(({ name }) => name === amount)?.sample ?? [];
  const sign = signs.find(([pattern]) => pattern.test(String(sample ?? '')));
  if (sign !== undefined) return { currency: sign[1], locale, why: `as they are written (“${sample}”)` };
  if (ofZone !== undefined) return { currency: ofZone, locale, why: `the currency of the time zone ${zone}` };
  return { currency: null, locale, why: null };
}
