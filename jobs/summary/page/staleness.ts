import { daysBetween, historyDays } from '../blocks/day-values.ts';

/** `newest`: the last day with data, null when none is known; `daysWithout`: days since then, 0 when there never was any. */
export type StaleData = { readonly newest: string | null; readonly daysWithout: number };

/** With fewer days of data the usual gap is unknown: a week without any is too long after days in a row, else over a month. */
const minDaysWithData = 4;
const maxGapAfterRow = 7;
const maxGapOfFewDays = 35;

/**
 * Whether data stopped arriving: the days without any, up to and with `day`, exceed every gap in the history.
 * `days` are those with data, of a history that began `historyDays` ago; `newest` is the newest of all, null when there is
 * none, undefined when it is not known. Null: it did not.
 */
export function findStaleData(
  day: string,
  days: readonly string[],
  newest: string | null | undefined,
): StaleData | null {
  const known = [...new Set(days)].filter((one) => one <= day).toSorted();
  const last = [known.at(-1) ?? '', newest ?? ''].toSorted().at(-1) || null;
  if (last === null) return { newest: null, daysWithout: newest === undefined ? historyDays : 0 };
  const daysWithout = daysBetween(last, day);
  if (daysWithout <= 0) return null;
  const gaps = known.slice(1).map((one, index) => daysBetween(known[index] ?? one, one) - 1);
  const maxGapOfFew = gaps.length > 0 && gaps.every((gap) => gap === 0) ? maxGapAfterRow : maxGapOfFewDays;
  const longest = known.length < minDaysWithData ? maxGapOfFew : Math.max(...gaps);
  return daysWithout > longest ? { newest: last, daysWithout } : null;
}
