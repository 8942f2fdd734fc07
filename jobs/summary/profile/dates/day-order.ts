import type { DateFacts } from './date-facts.ts';

/** Whether 03/04 is 3 April. `isSure`: the column decides it; else both may be right. */
export type DayOrder = { readonly order: 'dmy' | 'mdy'; readonly isSure: boolean; readonly why: string };

/**
 * Decides day first or month first over the whole column: by numbers that can only be a day, by days that would lie in the
 * future, by the order of the rows. `sample`: texts in the order of their rows, newest first; `today`: a local date.
 */
export function dayOrder({ forms }: DateFacts, sample: readonly string[], today: string): DayOrder {
  const countOf = (stem: string) =>
    forms.filter(({ form }) => form.split(' ')[0] === stem).reduce((sum, { count }) => sum + count, 0);
  const [days, months, either] = [countOf('slash-day'), countOf('slash-month'), countOf('slash')];
  if (days === 0 && months === 0 && either === 0) return { order: 'dmy', isSure: true, why: '' };
  if (either === 0 || (days > 0 && months === 0)) return { order: 'dmy', isSure: true, why: 'the day first' };
  if (months > 0 && days === 0) return { order: 'mdy', isSure: true, why: 'the month first' };
  if (days > 0) return { order: 'dmy', isSure: false, why: 'some dates have the day first, others the month' };
  const isFuture = (order: 'dmy' | 'mdy') => forms.some(({ newest }) => newest[order] > today);
  if (isFuture('mdy') && !isFuture('dmy')) return { order: 'dmy', isSure: true, why: 'the day first' };
  if (isFuture('dmy') && !isFuture('mdy')) return { order: 'mdy', isSure: true, why: 'the month first' };
  const isOrdered = (month: number, day: number) => isInOrder(sample, month, day);
  if (isOrdered(2, 1) && !isOrdered(1, 2)) return { order: 'dmy', isSure: true, why: 'the day first' };
  if (isOrdered(1, 2) && !isOrdered(2, 1)) return { order: 'mdy', isSure: true, why: 'the month first' };
  return { order: 'dmy', isSure: false, why: 'each date could have the day or the month first' };
}

/** Whether nearly no row is newer than the one before it in the sample, which is newest first. */
function isInOrder(sample: readonly string[], month: number, day: number): boolean {
  const keys = sample.flatMap((text) => {
    const found = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{2,4})/.exec(text);
    return found === null ? [] : [Number(found[3]) * 10_000 + Number(found[month]) * 100 + Number(found[day])];
  });
  const wrong = keys.filter((key, index) => key > (keys[index - 1] ?? Number.POSITIVE_INFINITY)).length;
  return keys.length >= 20 && wrong <= keys.length * 0.02;
}
