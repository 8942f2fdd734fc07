import { formatCount, plural } from '../../runtime/format.ts';
import type { RunQuery } from '../queries/query.ts';
import { type Report, reportSchema } from '../report/schema.ts';
import { amountName } from './amounts/amount.ts';
import { categoryOf } from './categories.ts';
import { type CurrencyGuess, localeOf, readCurrency } from './currency.ts';
import type { ReadDatesDeps } from './dates/read-dates.ts';
import { decide, type Verdict } from './decide.ts';
import { fetchRowsWith } from './fetch-rows.ts';
import { type CandidateReadings, type OtherReading, readCandidate } from './read-candidate.ts';
import { readTables } from './read-tables.ts';
import { newestSql, type Reading } from './reading.ts';
import {
  amountNote,
  type BlockInput,
  dataHealthBlock,
  exceptionsBlock,
  kpiBlocks,
  lastWriteBlock,
  newRowsBlock,
  rowBlocks,
  topFiveBlock,
} from './report-blocks.ts';
import { rivalsOf } from './rivals.ts';
import { type StreamCandidate, streamCandidates } from './stream-candidates.ts';
import { type Stream, streamsOf } from './streams.ts';
import type { TableProfile } from './table-profile.ts';

/** A report made for a database that has none, and what was assumed for it. */
export type Profile = {
  /** Null: the database has no tables of its own. */
  readonly report: Report | null;
  /** How many tables it has, those of frameworks and indexes among them. */
  readonly tableCount: number;
  /** The same with all figures by the likeliest reading, for a person to correct. */
  readonly draft: Report | null;
  readonly assumptions: readonly string[];
  /** What stops when data stops arriving: `orders`. */
  readonly rowNoun: string;
  readonly verdict: Verdict;
  /** What rows are added to, fit to show. */
  readonly streamName: string;
  /** The name of the amount is said with it, as its table does not say that it is sales. */
  readonly isAmountNamed: boolean;
};

const maxHealthRows = 8;
const maxSecondary = 2;

/** Writes a report for a database without one. `day`, `today`: local dates, what it is about and when. Throws QueryError. */
export async function profileDatabase(
  run: RunQuery,
  name: string,
  day: string,
  zone: string,
  today: string = day,
): Promise<Profile> {
  const { tables, tableCount, framework, lastWrite } = await readTables(run);
  if (tables.length === 0) return { ...emptyProfile, tableCount };
  const fetchRows = fetchRowsWith(run);
  const deps: ReadDatesDeps = { fetchRows, framework, today, ...lastWriteOf(lastWrite, zone) };
  const candidates = streamCandidates(tables, day, today, zone);
  const read = (candidate: StreamCandidate) => readCandidate(candidate, day, zone, run, deps);
  const [first, ...rest] = candidates;
  const healthStreams = largestStreams(tables, first?.stream ?? null);
  const main = first === undefined ? null : await read(first);
  if (main === null || first === undefined) return undatedProfile(name, zone, healthStreams);
  const rivals: OtherReading[] = [];
  for (const rival of rivalsOf(candidates)) {
    const readings = await read(rival);
    const question = `are your sales in ${first.stream.name} or in ${rival.stream.name}`;
    if (readings !== null) rivals.push({ reading: readings.reading, question, isAboutDays: false });
  }
  const currency = await readCurrency(main.reading, tables, fetchRows);
  const open = [...main.open, ...openQuestions(candidates, currency)];
  const verdict = await decide({ ...main, open }, rivals, day, run);
  const others: SecondaryReading[] = [];
  for (const candidate of rest.filter((one) => healthStreams.some(({ name: shown }) => shown === one.stream.name))) {
    const readings = await read(candidate);
    if (readings !== null && !readings.others.some(({ isAboutDays }) => isAboutDays))
      others.push({ reading: readings.reading, isNotable: candidate.isNotable });
  }
  return profileOf({
    name,
    zone,
    tables,
    healthStreams,
    main,
    others,
    currency,
    verdict,
    isAmountNamed: !first.isTrade,
  });
}

type SecondaryReading = { readonly reading: Reading; readonly isNotable: boolean };

type ProfileParts = {
  readonly name: string;
  readonly zone: string;
  readonly tables: readonly TableProfile[];
  readonly healthStreams: readonly Stream[];
  readonly main: CandidateReadings;
  readonly others: readonly SecondaryReading[];
  readonly currency: CurrencyGuess;
  readonly verdict: Verdict;
  readonly isAmountNamed: boolean;
};

function profileOf(parts: ProfileParts): Profile {
  const { tables, main, currency, verdict } = parts;
  const { stream } = main.reading;
  return {
    report: reportOf(parts, verdict.kind),
    draft: reportOf(parts, 'sure'),
    assumptions: assumptionsOf(main, currency, verdict, categoryOf(stream)?.label ?? null, tables),
    rowNoun: stream.rowNoun.many,
    verdict,
    streamName: stream.name,
    isAmountNamed: parts.isAmountNamed,
    tableCount: tables.length,
  };
}

/** The report of what is known: all figures, the rows that were added, or no figures by day. */
function reportOf({ name, zone, healthStreams, main, others, currency }: ProfileParts, kind: Verdict['kind']): Report {
  const { reading } = main;
  const category = categoryOf(reading.stream);
  const blocks: (BlockInput | null)[] = [
    ...(kind === 'sure' ? kpiBlocks(reading, 'money') : kind === 'hedged' ? rowBlocks(reading) : []),
    ...others
      .filter(({ isNotable }) => isNotable)
      .slice(0, maxSecondary)
      .map((other) => newRowsBlock(other.reading)),
    ...(kind === 'sure' ? [topFiveBlock(reading, category, 'money'), exceptionsBlock(reading)] : []),
    dataHealthBlock(healthOf(healthStreams, [...(kind === 'absent' ? [] : [main]), ...others])),
    lastWriteBlock(),
  ];
  return reportSchema.parse({
    title: `${name}: daily summary`,
    locale: localeOf(zone),
    ...(currency.currencies.length === 1 ? { currency: currency.currencies[0] } : {}),
    ...(kind === 'absent' ? {} : { newest: newestSql(reading) }),
    blocks: sortBlocks(blocks.filter((block) => block !== null)),
  });
}

const emptyProfile: Profile = {
  report: null,
  tableCount: 0,
  draft: null,
  assumptions: [],
  rowNoun: 'rows',
  verdict: { kind: 'absent', questions: [], aside: [] },
  streamName: '',
  isAmountNamed: false,
};

function undatedProfile(name: string, zone: string, streams: readonly Stream[]): Profile {
  const report = reportSchema.parse({
    title: `${name}: daily summary`,
    locale: localeOf(zone),
    blocks: [dataHealthBlock(healthOf(streams, [])), lastWriteBlock()],
  });
  return { ...emptyProfile, report, draft: report, assumptions: [noDates] };
}

/** Questions whose answers no column gives. A table that says nothing of sales is the business when no other has amounts. */
function openQuestions(candidates: readonly StreamCandidate[], { currencies }: CurrencyGuess): string[] {
  const [first, ...others] = candidates;
  if (first === undefined) return [];
  const { isTrade, isOther, choice } = first;
  const hasOther = others.some(({ choice: { amount } }) => amount !== null);
  const isAsked = isOther || (!isTrade && hasOther);
  return [
    currencies.length > 1 ? `in which of ${currencies.length} currencies are the figures` : '',
    isAsked && choice.amount !== null ? `is ${amountName(choice.amount)} your sales` : '',
  ].filter((question) => question !== '');
}

/** The largest streams of tables, and the main one, largest first. */
function largestStreams(tables: readonly TableProfile[], main: Stream | null): Stream[] {
  const size = ({ parts }: Stream) => parts.reduce((sum, { rowCount }) => sum + rowCount, 0);
  const isMain = ({ name }: Stream) => name === main?.name;
  return streamsOf(tables)
    .filter((stream) => isMain(stream) || stream.parts.every(({ isView }) => !isView))
    .toSorted((a, b) => Number(isMain(b)) - Number(isMain(a)) || size(b) - size(a))
    .slice(0, maxHealthRows)
    .toSorted((a, b) => size(b) - size(a));
}

function healthOf(streams: readonly Stream[], readings: readonly { readonly reading: Reading }[]) {
  return streams.map((stream) => ({
    stream,
    reading: readings.find(({ reading }) => reading.stream.name === stream.name)?.reading ?? null,
  }));
}

/** The last write and the zone's offset then, in epoch seconds and seconds east of UTC. */
function lastWriteOf(local: string, zone: string): Pick<ReadDatesDeps, 'lastWrite' | 'offset'> {
  try {
    const at = Temporal.PlainDateTime.from(local.replace(' ', 'T')).toZonedDateTime(zone);
    return { lastWrite: at.epochMilliseconds / 1000, offset: at.offsetNanoseconds / 1e9 };
  } catch {
    return { lastWrite: null, offset: 0 };
  }
}

/** Figures first, then charts, then tables. */
function sortBlocks(blocks: readonly BlockInput[]): BlockInput[] {
  const rank = ({ kind }: BlockInput) => (kind === 'kpi' ? 0 : kind === 'series' ? 1 : 2);
  return blocks.toSorted((one, other) => rank(one) - rank(other));
}

const noDates = 'No table has a column of dates that says when its rows happened, so nothing is reported by day.';

function assumptionsOf(
  { reading, notes }: CandidateReadings,
  currency: CurrencyGuess,
  verdict: Verdict,
  category: string | null,
  tables: readonly TableProfile[],
): string[] {
  const { stream, dateColumn, amount, grain } = reading;
  const isSure = verdict.kind === 'sure';
  const recentRows = [...reading.dates.values()].map((date) => date.recentRows).find((rows) => rows !== null) ?? null;
  const [code] = currency.currencies;
  return [
    `${stream.name} was taken as the main business table, of ${plural(tables.length, 'table')}.`,
    stream.parts.length > 1 ? `It is ${plural(stream.parts.length, 'table')} of one kind.` : null,
    `Each row of ${stream.name} counts on the day of its ${dateColumn.name}.`,
    ...notes,
    recentRows === null
      ? null
      : `Only the newest ${formatCount(recentRows)} rows of ${stream.name} are read, as no index helps to find its dates.`,
    grain.kind === 'key'
      ? `Rows with the same “${grain.column.name}” are one, ${grain.value === 'max' ? 'worth its amount once' : 'worth the sum of its lines'}.`
      : null,
    isSure ? amountNote(reading) : null,
    !isSure || amount === null
      ? null
      : code === undefined
        ? 'The currency is unknown, so amounts are shown without one.'
        : `Amounts are in ${code}, ${currency.why}.`,
    isSure && category !== null ? `Rows are grouped by ${category}.` : null,
    ...verdict.questions.map((question) => `Not known: ${question}?`),
    'Texts are shown only where nightshift knows the words: statuses, payment methods, currencies, sales channels.',
  ].filter((text) => text !== null);
}
