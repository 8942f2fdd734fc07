import { formatCount, plural } from '../../../runtime/format.ts';
import { snakeCase } from '../../blocks/personal-data.ts';
import { dateForm, naiveSeconds } from '../../queries/date-form.ts';
import type { DayOption } from '../../queries/day-of.ts';
import type { FetchRows } from '../fetch-rows.ts';
import type { Framework } from '../system-tables.ts';
import type { ColumnProfile, TableProfile } from '../table-profile.ts';
import { type DateFacts, isNaive, readDateFacts } from './date-facts.ts';
import type { DateForm, DateReading } from './date-sql.ts';
import { dayOrder } from './day-order.ts';
import { naiveZone } from './naive-zone.ts';

/** How the dates of a column are read in each table of a stream, and in what other way they could be. */
export type ColumnDates = {
  readonly column: ColumnProfile;
  readonly readings: ReadonlyMap<string, DateReading>;
  /** The same, read otherwise, with the question that decides it. */
  readonly others: readonly { readonly readings: ReadonlyMap<string, DateReading>; readonly question: string }[];
  /** How the dates were read, and rows that have none. */
  readonly notes: readonly string[];
  /** More than a few rows have a date that cannot be read. */
  readonly hasUnreadable: boolean;
};

export type ReadDatesDeps = {
  readonly fetchRows: FetchRows;
  readonly framework: Framework | null;
  /** Epoch seconds of the file's last write; seconds east of UTC then. */
  readonly lastWrite: number | null;
  readonly offset: number;
  readonly today: string;
};

type PartDates = {
  readonly table: string;
  readonly reading: DateReading;
  readonly otherOrder: DateReading | null;
  readonly otherZone: DateReading | null;
  readonly notes: readonly string[];
  readonly unreadableShare: number;
};

const maxUnreadable = 0.002;

/** Reads what all rows of the column say, in each of the tables. */
export async function readDates(
  column: ColumnProfile,
  parts: readonly TableProfile[],
  deps: ReadDatesDeps,
): Promise<ColumnDates> {
  const read: PartDates[] = [];
  for (const part of parts) {
    const own = part.columns.find(({ name }) => name.toLowerCase() === column.name.toLowerCase());
    if (own === undefined) continue;
    read.push(partDates(part, own, await readDateFacts(part, own, deps.today, deps.fetchRows), deps));
  }
  const all = new Map(read.map(({ table, reading }) => [table, reading]));
  const otherwise = (choose: (part: PartDates) => DateReading | null, question: string) =>
    read.some((part) => choose(part) !== null)
      ? [{ readings: new Map(read.map((part) => [part.table, choose(part) ?? part.reading])), question }]
      : [];
  return {
    column,
    readings: all,
    others: [
      ...otherwise(({ otherOrder }) => otherOrder, `is the day or the month first in “${column.name}”`),
      ...otherwise(({ otherZone }) => otherZone, `is “${column.name}” in local time or in UTC`),
    ],
    notes: [...new Set(read.flatMap(({ notes }) => notes))],
    hasUnreadable: read.some(({ unreadableShare }) => unreadableShare > maxUnreadable),
  };
}

function partDates(part: TableProfile, column: ColumnProfile, facts: DateFacts, deps: ReadDatesDeps): PartDates {
  const texts = column.sample.filter((value) => typeof value === 'string');
  const order = dayOrder(facts, texts, deps.today);
  const hasNaive = facts.forms.some(isNaive);
  const zone = hasNaive
    ? naiveZone({ ...deps, facts, column: column.label, defaultSql: column.defaultSql, ahead: aheadOf(column, part) })
    : null;
  const optionOf = (first: 'dmy' | 'mdy', isUtc: boolean): DayOption =>
    first === 'mdy' ? (isUtc ? 'mdy UTC' : 'mdy') : isUtc ? 'UTC' : null;
  const readingOf = (first: 'dmy' | 'mdy', isUtc: boolean): DateReading => {
    const option = optionOf(first, isUtc);
    const form = column.json === null ? formOf(facts, option) : 'mixed';
    return { column, form, option, recentRows: null };
  };
  const isUtc = zone?.zone === 'UTC';
  const name = `“${column.name}”`;
  const buddhist = facts.forms.some(({ form }) => form.includes('buddhist'));
  return {
    table: part.name,
    reading: readingOf(order.order, isUtc),
    otherOrder: order.isSure ? null : readingOf(order.order === 'dmy' ? 'mdy' : 'dmy', isUtc),
    unreadableShare: facts.unfit / Math.max(1, facts.unfit + facts.forms.reduce((sum, { count }) => sum + count, 0)),
    otherZone: zone === null || zone.isSure ? null : readingOf(order.order, !isUtc),
    notes: [
      order.why === '' ? '' : `${name} has ${order.why}.`,
      zone === null ? '' : `Times of ${name} are read as ${zone.zone === 'UTC' ? 'UTC' : 'local'}: ${zone.why}.`,
      buddhist ? `Years of ${name} are Buddhist.` : '',
      facts.unfit === 0
        ? ''
        : `${plural(facts.unfit, 'row')} of ${part.name} ${facts.unfit === 1 ? 'has' : 'have'} no readable date in ${name} and ${facts.unfit === 1 ? 'is' : 'are'} not counted.`,
      facts.blank === 0 ? '' : `${formatCount(facts.blank)} of its rows have no ${name} and are not counted.`,
    ].filter((note) => note !== ''),
  };
}

/** The form for SQL: one that an index serves where all rows are alike. */
function formOf({ forms, unfit }: DateFacts, option: DayOption): DateForm {
  const kinds = new Set(forms.map(({ form }) => form));
  const only = (...names: string[]) => forms.length > 0 && [...kinds].every((kind) => names.includes(kind));
  const isUtc = option === 'UTC';
  if (unfit > 0 || option === 'mdy' || option === 'mdy UTC') return 'mixed';
  if (only('epoch-s')) return 'epoch-s';
  if (only('epoch-ms')) return 'epoch-ms';
  if (only('excel')) return 'excel';
  if (forms.some(({ isSortable }) => !isSortable)) return 'mixed';
  if (!isUtc && only('iso date', 'iso time')) return 'iso';
  const isUtcText = forms.every(({ form, isZulu }) => (form === 'iso zoned' ? isZulu : form === 'iso time' && isUtc));
  const separators = new Set(forms.map(({ separator }) => separator));
  if (!isUtcText || separators.size !== 1) return 'mixed';
  return separators.has('T') ? 'utc-t' : separators.has(' ') ? 'utc-space' : 'mixed';
}

/** By how much its times are ahead of another column of the same rows that says its zone; null when there is none. */
function aheadOf(column: ColumnProfile, part: TableProfile): number | null {
  const differences = part.columns
    .filter((other) => other !== column)
    .map((other) =>
      column.cells.flatMap((cell, row) => {
        const naive = naiveSeconds(cell);
        const absolute = absoluteSeconds(other.cells[row] ?? null, other.label);
        return naive === null || absolute === null ? [] : [naive - absolute];
      }),
    )
    .filter((found) => found.length >= 5);
  const constant = differences.find((found) => {
    const [first = 0] = found;
    return found.filter((one) => Math.abs(one - first) <= 120).length >= found.length * 0.9;
  });
  return constant?.[0] ?? null;
}

function absoluteSeconds(cell: string | number | null, label: string): number | null {
  const form = dateForm(cell);
  if (form === 'epoch-s') return Number(cell);
  if (form === 'epoch-ms') return Number(cell) / 1000;
  if (/(^|_)(gmt|utc)(_|$)/.test(snakeCase(label))) return naiveSeconds(cell);
  if (form !== 'iso zoned' || typeof cell !== 'string') return null;
  const milliseconds = Date.parse(cell.replace(' ', 'T').replace(/\s*(UTC|GMT)$/i, 'Z'));
  return Number.isNaN(milliseconds) ? null : milliseconds / 1000;
}
