import { formatCount } from '../../runtime/format.ts';
import type { Ask } from '../measure/question.ts';
import { type Report, reportSchema } from '../report/schema.ts';
import { type BlockInput, exceptions, figures, health, lastWrite, newestSql, newRows, topFive } from './blocks.ts';
import { currencyOf } from './currency.ts';
import { readTables } from './read-tables.ts';
import { type Subject, subjectsOf } from './subject.ts';
import type { Table } from './table.ts';
import { withTails } from './tails.ts';

/** A report for a database that nobody described, and what was assumed to write it. */
export type Profile = {
  /** Null: the database has no tables. */
  readonly report: Report | null;
  readonly assumptions: readonly string[];
  /** What stops when data stops arriving: `orders`. */
  readonly of: string;
};

const mostTables = 8;
const mostSubjects = 3;

/** Looks at a database and writes the report it would be given. `day`: the local date it will be about. Throws Unanswered. */
export async function profileDatabase(ask: Ask, name: string, day: string, zone: string): Promise<Profile> {
  const tables = await readTables(ask);
  return profileOf(tables, await withTails(subjectsOf(tables, day, zone), day, ask), name, zone);
}

function profileOf(tables: readonly Table[], all: readonly Subject[], name: string, zone: string): Profile {
  if (tables.length === 0) return { report: null, assumptions: [], of: 'rows' };
  const [main, ...others] = all;
  const amount = main?.amount?.name ?? null;
  const money = currencyOf(main?.table ?? emptyTable, amount, zone);
  const isMoney =
    main !== undefined && (main.lines !== null || main.amount?.isMoney === true) && money.currency !== null;
  const format = isMoney ? 'money' : 'number';
  const largest = tables.toSorted((a, b) => b.rows - a.rows).slice(0, mostTables);
  const told = main === undefined || largest.includes(main.table) ? largest : [main.table, ...largest.slice(1)];
  const secondary = others.filter(({ isTelling }) => isTelling).slice(0, mostSubjects - 1);
  const blocks: (BlockInput | null)[] =
    main === undefined
      ? [health(told, all), lastWrite()]
      : [
          ...figures(main, format),
          ...secondary.map(newRows),
          topFive(main, format),
          exceptions(main),
          health(told, all),
          lastWrite(),
        ];
  const report = reportSchema.parse({
    title: `${name}: daily summary`,
    locale: money.locale,
    currency: money.currency ?? 'USD',
    ...(main === undefined ? {} : { newest: newestSql(main) }),
    blocks: inOrder(blocks.filter((block) => block !== null)),
  });
  const assumptions =
    main === undefined ? [noDates] : assumed(main, isMoney ? `${money.currency}, ${money.why}` : null, tables);
  return { report, assumptions, of: main?.rows.many ?? 'rows' };
}

/** Figures first, then charts, then tables. */
function inOrder(blocks: readonly BlockInput[]): BlockInput[] {
  const place = ({ kind }: BlockInput) => (kind === 'kpi' ? 0 : kind === 'series' ? 1 : 2);
  return blocks.toSorted((one, other) => place(one) - place(other));
}

const emptyTable: Table = { name: '', rows: 0, isEstimate: false, hasRowid: true, columns: [], foreignKeys: [] };
const noCurrency = ({ lines, amount }: Subject) =>
  lines !== null || amount?.isMoney === true ? 'Nothing tells the currency, so amounts are shown without one.' : null;
const noDates = 'No table has a column of dates that says when its rows happened, so nothing is told by day.';

function assumed(main: Subject, currency: string | null, tables: readonly Table[]): string[] {
  const { table, date, amount, lines, status, category } = main;
  const counted = `Each row of ${table.name} counts on the day of its ${date.name}${formWords[date.form] ?? ''}.`;
  const tail = date.tail === null ? null : formatCount(date.tail);
  const kinds = [...new Set(status?.sample.map(String))].slice(0, 6).join(', ');
  return [
    `${table.name} was taken as what the business does, of ${tables.length} ${tables.length === 1 ? 'table' : 'tables'}.`,
    counted,
    tail === null
      ? null
      : `Only the newest ${tail} rows of ${table.name} are read, as no index helps to find its dates.`,
    lines !== null ? `The amount is price times quantity of ${lines.table}.` : null,
    amount !== null
      ? `The amount is ${table.name}.${amount.name}${amount.isText ? ', a text read as a number' : ''}${amount.isMinor ? ', in hundredths' : ''}.`
      : null,
    currency === null ? noCurrency(main) : `Amounts are in ${currency}.`,
    status === null ? null : `Rows of every ${status.name} count (${kinds}).`,
    category === null ? null : `Groups are those of ${category.name}.`,
    'Columns that look personal are left out.',
  ].filter((text) => text !== null);
}

const formWords: Readonly<Record<string, string>> = {
  'utc-space': ', which is in UTC',
  'utc-t': ', which is in UTC',
  'epoch-s': ', in seconds since 1970',
  'epoch-ms': ', in milliseconds since 1970',
  excel: ', an Excel serial number',
  mdy: ', the month first',
};
