import type { ColumnProfile } from '../table-profile.ts';
import { isEqual, numbersOf } from './numbers.ts';

const minSteps = 8;

/**
 * Whether a column is what another adds up to, row after row, in either direction: a balance, not an amount. `others`: the
 * other columns of numbers.
 */
export function isRunningBalance(column: ColumnProfile, others: readonly ColumnProfile[]): boolean {
  const balance = numbersOf(column);
  const columns = others.map(numbersOf);
  const steps = balance.flatMap((value, row) => {
    const next = balance[row + 1] ?? null;
    return value === null || next === null || value === next ? [] : [{ row, change: value - next }];
  });
  if (steps.length < minSteps) return false;
  const explains = (amounts: readonly (readonly (number | null)[])[], shift: number) =>
    steps.filter(({ row, change }) =>
      amounts.some((amount) => {
        const value = amount[row + shift] ?? null;
        return value !== null && value !== 0 && isEqual(Math.abs(value), Math.abs(change));
      }),
    ).length >=
    steps.length * 0.8;
  return [0, 1].some((shift) => explains(columns, shift));
}
