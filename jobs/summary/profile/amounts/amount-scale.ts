import { snakeCase } from '../../blocks/personal-data.ts';
import { num } from '../../queries/num.ts';
import { isMinorName } from '../column-words.ts';
import type { ColumnProfile } from '../table-profile.ts';

/** Whether amounts are kept in hundredths. `isSure` false: they may be. */
export type AmountScale = { readonly isMinor: boolean; readonly isSure: boolean };

const apiKey = /^(ch|pi|py|in|txn|cs|sub|re|po|pm|inv|il|ii)_[A-Za-z0-9]{6,}/;
/** Currencies without hundredths in use. */
const wholeCurrency = /^(jpy|krw|vnd|idr|clp|isk|ugx|xof|xaf|lak|khr|mmk)$/i;

/** Decides by the name, by how amounts are written, and by how small they are: hundredths below 100 are next to nothing. */
export function amountScale(column: ColumnProfile, columns: readonly ColumnProfile[]): AmountScale {
  const { sample, type, label } = column;
  const numbers = sample.map(num).filter((value): value is number => value !== null && value !== 0);
  const isWhole = numbers.every((value) => Number.isInteger(value));
  if (isMinorName(label) && isWhole) return { isMinor: true, isSure: true };
  const isWritten = sample.some((value) => typeof value === 'string' && !/^-?\d+$/.test(value.trim()));
  if (!isWhole || isWritten || /REAL|FLOA|DOUB|DEC|NUMERIC|MONEY/.test(type)) return { isMinor: false, isSure: true };
  const currency = columns.find(({ label: name }) => /(^|_)currency(_code)?$/.test(snakeCase(name)));
  const codes = currency?.sample.map(String) ?? [];
  if (codes.length > 0 && codes.every((code) => wholeCurrency.test(code))) return { isMinor: false, isSure: true };
  const isApi = columns.some(
    ({ sample: values }) => values.length > 0 && values.every((value) => apiKey.test(String(value))),
  );
  if (isApi && currency !== undefined) return { isMinor: true, isSure: true };
  const small = numbers.filter((value) => Math.abs(value) < 100).length;
  if (numbers.length >= 5 && small >= numbers.length * 0.05) return { isMinor: false, isSure: true };
  return { isMinor: codes.length > 0 && codes.every((code) => /^[a-z]{3}$/.test(code)), isSure: false };
}
