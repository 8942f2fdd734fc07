import { daysBetween, historyDays } from './series.ts';

/** `newest`: the last day with data, null when none is known; `days`: how many days have had none since, 0 when none ever had. */
export type Staleness = { readonly newest: string | null; readonly days: number };

/** With so few days of data a rhythm is not known, and a week without any is too long. */
const fewest = 4;
const silentWeek = 7;

/**
 * Whether data stopped arriving: the days without any, up to and with `day`, are more than ever before in the history.
 * `days` are those with data, of a history that began `historyDays` ago; `newest` is the newest of all, null when there is
 * none, undefined when it is not known. Null: all is well.
 */
export function stalenessOf(day: string, days: readonly string[], newest: string | null | undefined): Staleness | null {
  const known = [...new Set(days)].filter((one) => one <= day).toSorted();
  const last = [known.at(-1) ?? '', newest ?? ''].toSorted().at(-1) || null;
  if (last === null) return { newest: null, days: newest === undefined ? historyDays : 0 };
  const silent = daysBetween(last, day);
  if (silent <= 0) return null;
  const gaps = known.slice(1).map((one, index) => daysBetween(known[index] ?? one, one) - 1);
  const longest = known.length < fewest ? silentWeek : Math.max(...gaps);
  return silent > longest ? { newest: last, days: silent } : null;
}
