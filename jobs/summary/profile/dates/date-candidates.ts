import { daysBetween } from '../../blocks/day-values.ts';
import { snakeCase } from '../../blocks/personal-data.ts';
import { dayOf } from '../../queries/day-of.ts';
import { localCalendar } from '../../queries/local-calendar.ts';
import { type DateMeaning, dateMeaning, isDateName } from '../column-words.ts';
import type { Stream } from '../streams.ts';
import type { ColumnProfile } from '../table-profile.ts';

/** A column that says when the rows happened, and how likely it is that one. */
export type DateCandidate = {
  readonly column: ColumnProfile;
  readonly meaning: DateMeaning;
  readonly score: number;
  /** Newest day of the sample up to today; empty when all lie in the future. */
  readonly newest: string;
};

const scores: Readonly<Record<DateMeaning, number>> = {
  event: 5,
  recorded: 4,
  paid: 3,
  closed: 2,
  unnamed: 1,
  unknown: 0.5,
  other: 0,
};
/** Programs write an earlier date when they have none. */
const unknownDate = '1970-01-02';
const minReadable = 0.6;
const maxFuture = 0.1;
/** A column whose newest day is that far behind another's says when something began, not when the row came. */
const maxLagDays = 3;
const lagMalus = 2.5;

/** The columns of dates that may say when a row happened, likeliest first. `today`: a local date in `zone`. */
export function dateCandidates(stream: Stream, zone: string, today: string): DateCandidate[] {
  const found = stream.columns.flatMap((column) => candidateOf(column, stream, zone, today) ?? []);
  const varied = found.filter(({ column }) => !isOneImport(column, zone));
  const kept = varied.length > 0 ? varied : found;
  const newest =
    kept
      .map((one) => one.newest)
      .toSorted()
      .at(-1) ?? '';
  const lag = ({ newest: own }: DateCandidate) =>
    own !== '' && newest !== '' && daysBetween(own, newest) > maxLagDays ? lagMalus : 0;
  return kept.map((one) => ({ ...one, score: one.score - lag(one) })).toSorted((a, b) => b.score - a.score);
}

function candidateOf(column: ColumnProfile, stream: Stream, zone: string, today: string): DateCandidate | null {
  const { sample, label, type } = column;
  const meaning = dateMeaning(label);
  const isNamed = isDateName(label, type);
  if (sample.length === 0 || meaning === 'other') return null;
  if (!isNamed && (column.isKey || !sample.every(isWrittenDate))) return null;
  const calendar = localCalendar(zone);
  const days = sample
    .map((value) => dayOf(value, calendar))
    .filter((day): day is string => day !== null && day > unknownDate);
  const past = days.filter((day) => day <= today);
  if (days.length === 0 || days.length < sample.length * minReadable) return null;
  if (
    days.length - past.length > days.length * maxFuture &&
    sample.every((value) => !/^\d{1,2}[-/.]/.test(String(value)))
  )
    return null;
  const isOwn = snakeCase(label).includes(snakeCase(stream.rowNoun.one).split('_').at(-1) ?? '');
  const isPayment = /payment|bayaran|collection|receipt/.test(stream.rowNoun.one) && meaning === 'paid';
  return {
    column,
    meaning,
    score: isPayment ? scores.event : scores[meaning] + (meaning === 'event' && isOwn ? 0.5 : 0) - emptyShare(column),
    newest: past.toSorted().at(-1) ?? '',
  };
}

/** A text that is a date whatever its column is called. */
function isWrittenDate(value: string | number): boolean {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}|^\d{1,2}\/\d{1,2}\/\d{4}/.test(value);
}

/** A date that many rows lack says less. */
function emptyShare({ cells, nulls }: ColumnProfile): number {
  return cells.length === 0 ? 0 : (3 * nulls) / cells.length;
}

/** Many rows of nearly one moment: when they were imported, not when they happened. */
function isOneImport({ sample, label }: ColumnProfile, zone: string): boolean {
  if (dateMeaning(label) !== 'recorded' || sample.length < 40) return false;
  const days = new Set(sample.map((value) => dayOf(value, localCalendar(zone))));
  return days.size <= 2 && new Set(sample).size <= sample.length / 10;
}
