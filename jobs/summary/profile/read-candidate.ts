import type { RunQuery } from '../queries/query.ts';
import type { LineItems } from './amounts/line-items.ts';
import type { SetAside } from './counting-rules.ts';
import type { DateCandidate } from './dates/date-candidates.ts';
import { type ColumnDates, type ReadDatesDeps, readDates } from './dates/read-dates.ts';
import { grainOf } from './grain.ts';
import type { Reading } from './reading.ts';
import { withRecentRowLimit } from './recent-rows.ts';
import type { StreamCandidate } from './stream-candidates.ts';
import { whatCounts } from './what-counts.ts';

/** Another way to read the same, with the question that decides it. */
export type OtherReading = {
  readonly reading: Reading;
  readonly question: string;
  /** It is about the days: not even rows can be counted by day until it is decided. */
  readonly isAboutDays: boolean;
};

/** The likeliest reading of a stream, and every other that the data leaves open. */
export type CandidateReadings = {
  readonly reading: Reading;
  readonly others: readonly OtherReading[];
  /** Questions that no figure answers. */
  readonly open: readonly string[];
  readonly aside: readonly SetAside[];
  /** Dates that cannot be read could be of any day. */
  readonly hasUnreadableDates: boolean;
  readonly notes: readonly string[];
};

/** How many columns of dates are tried. */
const maxDateColumns = 3;
const maxDateDistance = 4.6;

/** Reads what all rows of a stream say on when, how much and what counts. */
export async function readCandidate(
  { stream, dates, choice, lines }: StreamCandidate,
  day: string,
  zone: string,
  run: RunQuery,
  deps: ReadDatesDeps,
): Promise<CandidateReadings | null> {
  const [main, ...more] = dates;
  if (main === undefined) return null;
  const mainDates = await readDates(main.column, stream.parts, deps);
  const counts = await whatCounts(
    stream,
    choice.amount?.kind === 'column' && choice.amount.less !== null,
    deps.fetchRows,
  );
  const { grain, others: grains } = lines === null ? grainOf(stream, main.column, choice.amount, zone) : rowGrain;
  // Rows that are worth nothing are all counted, whatever became of them.
  const isWorth = choice.amount !== null;
  const readings = await limited(mainDates.readings);
  const reading: Reading = {
    stream,
    dateColumn: main.column,
    dates: readings,
    amount: choice.amount,
    lines: lines === null ? null : linesOf(lines),
    grain,
    counting: isWorth ? counts.counting : { excluded: [], refunds: [] },
  };
  const rivals = more.filter((one) => mayBeTheDay(one, main)).slice(0, maxDateColumns);
  const rivalDates: ColumnDates[] = [];
  for (const { column } of rivals) rivalDates.push(await readDates(column, stream.parts, deps));
  const about = (change: Partial<Reading>, question: string, isAboutDays = false): OtherReading => ({
    reading: { ...reading, ...change },
    question,
    isAboutDays,
  });
  const otherDates: OtherReading[] = [];
  for (const other of mainDates.others)
    otherDates.push(about({ dates: await limited(other.readings) }, other.question, true));
  for (const { column, readings: rival } of rivalDates)
    otherDates.push(
      about(
        { dateColumn: column, dates: await limited(rival) },
        `does “${main.column.name}” or “${column.name}” say the day of a sale`,
      ),
    );
  return {
    reading,
    others: [
      ...otherDates,
      ...choice.others.map(({ amount, question }) => about({ amount }, question)),
      ...grains.map((one) => about({ grain: one.grain }, one.question)),
      ...(isWorth ? counts.others : []).map((one) => about({ counting: one.counting }, one.question)),
    ],
    open: [...choice.open, ...(isWorth ? counts.open : []), ...missingParts(mainDates, stream.parts.length)],
    hasUnreadableDates: mainDates.hasUnreadable,
    aside: isWorth ? counts.aside : [],
    notes: [...mainDates.notes, ...counts.notes],
  };

  async function limited(given: Reading['dates']): Promise<Reading['dates']> {
    const found = new Map(given);
    for (const part of stream.parts) {
      const date = given.get(part.name);
      if (date !== undefined) found.set(part.name, await withRecentRowLimit(part, date, day, run));
    }
    return found;
  }
}

/** When it was recorded is no rival of when it happened; any other date of about as many rows is. */
function mayBeTheDay(other: DateCandidate, main: DateCandidate): boolean {
  if (main.meaning === 'event' && other.meaning === 'recorded') return false;
  return other.score > main.score - maxDateDistance;
}

const rowGrain: ReturnType<typeof grainOf> = { grain: { kind: 'row' }, others: [] };

function linesOf({ table, column, key }: LineItems): Reading['lines'] {
  return { table, column, key };
}

function missingParts({ column, readings }: ColumnDates, parts: number): string[] {
  return readings.size === parts ? [] : [`which date counts where there is no “${column.name}”`];
}
