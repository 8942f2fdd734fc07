import { num } from '../../queries/num.ts';
import type { ColumnProfile } from '../table-profile.ts';

/** The cells of a sample as numbers; null where a cell is none. */
export function numbersOf({ cells }: Pick<ColumnProfile, 'cells'>): (number | null)[] {
  return cells.map(num);
}

/** Whether nearly all values are numbers, and not only flags. */
export function isNumeric({ sample, type }: ColumnProfile): boolean {
  if (sample.length === 0 || /BOOL|DATE|TIME/.test(type)) return false;
  const numbers = sample.map(num).filter((value) => value !== null);
  return numbers.length >= sample.length * 0.9 && !numbers.every((value) => value === 0 || value === 1);
}

export function isText({ sample }: Pick<ColumnProfile, 'sample'>): boolean {
  return sample.some((value) => typeof value === 'string');
}

/** Equal up to what rounding to hundredths makes of it. */
export function isEqual(a: number, b: number): boolean {
  return Math.abs(a - b) <= 0.0101;
}

/** The share of rows, of those where all columns have numbers, for which the rule holds; null with fewer than five. */
export function shareOfRows(columns: readonly ColumnProfile[], rule: (...values: number[]) => boolean): number | null {
  const numbers = columns.map(numbersOf);
  const rows = (numbers[0] ?? []).map((_, row) => numbers.map((column) => column[row] ?? null));
  const full = rows.flatMap((row) => {
    const values = row.filter((value) => value !== null);
    return values.length === row.length ? [values] : [];
  });
  return full.length < 5 ? null : full.filter((row) => rule(...row)).length / full.length;
}
