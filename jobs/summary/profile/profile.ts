import { formatCount, plural } from '../../runtime/format.ts';
import type { RunQuery } from '../queries/query.ts';
import { type Report, reportSchema } from '../report/schema.ts';
import { currencyOf } from './currency.ts';
import { type EventTable, findEventTables } from './event-tables.ts';
import { readTables } from './read-tables.ts';
import { withRecentRowLimits } from './recent-rows.ts';
import {
  type BlockInput,
  dataHealthBlock,
  exceptionsBlock,
  kpiBlocks,
  lastWriteBlock,
  newestSql,
  newRowsBlock,
  topFiveBlock,
} from './report-blocks.ts';
import type { TableProfile } from './table-profile.ts';

/** A report made for a database that has none, and what was assumed for it. */
export type Profile = {
  /** Null: the database has no tables. */
  readonly report: Report | null;
  readonly assumptions: readonly string[];
  /** What stops when data stops arriving: `orders`. */
  readonly rowNoun: string;
};

const maxTables = 8;
const maxEventTables = 3;

/** Writes a report for a database without one. `day`: the local date it will be about. Throws QueryError. */
export async function profileDatabase(run: RunQuery, name: string, day: string, zone: string): Promise<Profile> {
  const tables = await readTables(run);
  return profileOf(tables, await withRecentRowLimits(findEventTables(tables, day, zone), day, run), name, zone);
}

function profileOf(
  tables: readonly TableProfile[],
  eventTables: readonly EventTable[],
  name: string,
  zone: string,
): Profile {
  if (tables.length === 0) return { report: null, assumptions: [], rowNoun: 'rows' };
  const [main, ...others] = eventTables;
  const amount = main?.amount?.name ?? null;
  const money = currencyOf(main?.table ?? emptyTable, amount, zone);
  const isMoney =
    main !== undefined && (main.lineItems !== null || main.amount?.isMoney === true) && money.currency !== null;
  const format = isMoney ? 'money' : 'number';
  const largest = tables.toSorted((a, b) => b.rowCount - a.rowCount).slice(0, maxTables);
  const checked = main === undefined || largest.includes(main.table) ? largest : [main.table, ...largest.slice(1)];
  const secondary = others.filter(({ isNotable }) => isNotable).slice(0, maxEventTables - 1);
  const blocks: (BlockInput | null)[] =
    main === undefined
      ? [dataHealthBlock(checked, eventTables), lastWriteBlock()]
      : [
          ...kpiBlocks(main, format),
          ...secondary.map(newRowsBlock),
          topFiveBlock(main, format),
          exceptionsBlock(main),
          dataHealthBlock(checked, eventTables),
          lastWriteBlock(),
        ];
  const report = reportSchema.parse({
    title: `${name}: daily summary`,
    locale: money.locale,
    currency: money.currency ?? undefined,
    ...(main === undefined ? {} : { newest: newestSql(main) }),
    blocks: sortBlocks(blocks.filter((block) => block !== null)),
  });
  const assumptions =
    main === undefined ? [noDates] : assumptionsOf(main, isMoney ? `${money.currency}, ${money.why}` : null, tables);
  return { report, assumptions, rowNoun: main?.rowNoun.many ?? 'rows' };
}

/** Figures first, then charts, then tables. */
function sortBlocks(blocks: readonly BlockInput[]): BlockInput[] {
  const rank = ({ kind }: BlockInput) => (kind === 'kpi' ? 0 : kind === 'series' ? 1 : 2);
  return blocks.toSorted((one, other) => rank(one) - rank(other));
}

const emptyTable: TableProfile = {
  name: '',
  rowCount: 0,
  isEstimate: false,
  hasRowid: true,
  columns: [],
  foreignKeys: [],
};
const noCurrency = ({ lineItems, amount }: EventTable) =>
  lineItems !== null || amount?.isMoney === true ? 'The currency is unknown, so amounts are shown without one.' : null;
const noDates = 'No table has a column of dates that says when its rows happened, so nothing is reported by day.';

function assumptionsOf(main: EventTable, currency: string | null, tables: readonly TableProfile[]): string[] {
  const { table, date, amount, lineItems, status, category } = main;
  const dayText = `Each row of ${table.name} counts on the day of its ${date.name}${formText[date.form] ?? ''}.`;
  const recentRows = date.recentRows === null ? null : formatCount(date.recentRows);
  const values = [...new Set(status?.sample.map(String))].slice(0, 6).join(', ');
  return [
    `${table.name} was taken as the main business table, of ${plural(tables.length, 'table')}.`,
    dayText,
    recentRows === null
      ? null
      : `Only the newest ${recentRows} rows of ${table.name} are read, as no index helps to find its dates.`,
    lineItems !== null ? `The amount is price times quantity of ${lineItems.table}.` : null,
    amount !== null
      ? `The amount is ${table.name}.${amount.name}${amount.isText ? ', a text read as a number' : ''}${amount.isMinor ? ', in hundredths' : ''}.`
      : null,
    currency === null ? noCurrency(main) : `Amounts are in ${currency}.`,
    status === null ? null : `Rows of every ${status.name} count (${values}).`,
    category === null ? null : `Rows are grouped by ${category.name}.`,
    'Columns that look personal are left out.',
  ].filter((text) => text !== null);
}

const formText: Readonly<Record<string, string>> = {
  'utc-space': ', which is in UTC',
  'utc-t': ', which is in UTC',
  'epoch-s': ', in seconds since 1970',
  'epoch-ms': ', in milliseconds since 1970',
  excel: ', an Excel serial number',
  mdy: ', the month first',
};
