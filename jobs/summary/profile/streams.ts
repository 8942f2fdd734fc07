import { snakeCase } from '../blocks/personal-data.ts';
import { pluralNoun, singularNoun, spaced } from './row-nouns.ts';
import type { ColumnProfile, TableProfile } from './table-profile.ts';
import { hasKnownWord, isLeftover, wordsOf } from './table-words.ts';

/** Rows of one kind: a table or view, or tables of one kind by month, year or upload. */
export type Stream = {
  /** What its tables' names have in common, fit to show: `sales`. */
  readonly name: string;
  readonly rowNoun: { readonly one: string; readonly many: string };
  /** Newest by name first. */
  readonly parts: readonly TableProfile[];
  /** Of the newest part. */
  readonly columns: readonly ColumnProfile[];
};

const monthName =
  /^(jan(uary|uari)?|feb(ruary|ruari)?|mar(ch)?|mac|apr(il)?|may|mei|june?|jun|jul(y|ai)?|aug(ust)?|ogos|sep(t|tember)?|oct(ober)?|okt(ober)?|nov(ember)?|dec(ember)?|dis(ember)?)$/;
const number = /^(\d+|q[1-4]|\d{4}q[1-4]|h[12]|w\d+|fy\d+|part\d*|upload\d*|batch\d*|sheet\d*)$/;
const maxSampledParts = 4;
/** Words of a name that say nothing of what its rows are. */
const filler =
  /^(data|csv|export|exports|exported|import|imports|upload|uploads|file|table|tbl|sheet|part|batch|raw|xlsx|json|db|all|report|list|history|live|current|new|stg|the|app|core|main|api|wp|wc|tb|t|v|vw|view)$/;

/** The tables as streams: those of one kind together, by period, or by branch or person, whose names are not shown. */
export function streamsOf(tables: readonly TableProfile[]): Stream[] {
  const byPeriod = Map.groupBy(tables, (table) => (table.isView ? `view ${table.name}` : stemOf(table.name)));
  const groups = [...byPeriod.values()].flatMap((group) =>
    group.length > 1 && isAlike(group) ? [group] : group.map((table) => [table]),
  );
  const several = groups
    .filter(({ length }) => length > 1)
    .map((group) => streamOf(group, stemOf(group[0]?.name ?? '')));
  const single = groups.filter(({ length }) => length === 1).flat();
  const byColumns = Map.groupBy(single, signatureOf);
  return [
    ...several,
    ...[...byColumns.values()].flatMap((group) => {
      const common = commonWords(group);
      const isOneKind = group.length >= 3 ? common !== '' || isUnnamed(group) : group.length > 1 && isUnnamed(group);
      return isOneKind ? [streamOf(group, common)] : group.map((table) => streamOf([table], table.name));
    }),
  ];
}

/** The columns of a table; views and copies have no like. */
function signatureOf({ name, isView, columns }: TableProfile): string {
  const names = columns.map((column) => column.name.toLowerCase()).toSorted();
  return isView || isLeftover(name) || names.length < 3 ? `only ${name}` : names.join('\n');
}

function commonWords(tables: readonly TableProfile[]): string {
  const [first = [], ...others] = tables.map(({ name }) => wordsOf(name));
  return first.filter((word) => hasKnownWord(word) && others.every((words) => words.includes(word))).join('_');
}

/** No name says what the rows are: they could be of branches, or of people. */
function isUnnamed(tables: readonly TableProfile[]): boolean {
  return tables.every(({ name }) => !hasKnownWord(name));
}

/** `sales_2026_11` and `Sales Nov 2026` are `sales`; a name of nothing but numbers is itself. */
function stemOf(name: string): string {
  const words = wordsOf(name);
  const rest = words.filter((word) => !isPeriod(word));
  return rest.length === 0 ? '#' : rest.join('_');
}

function isPeriod(word: string): boolean {
  return number.test(word) || monthName.test(word);
}

/** Tables that differ in nothing but a period have most of their columns in common. */
function isAlike(tables: readonly TableProfile[]): boolean {
  const sets = tables.map(({ columns }) => new Set(columns.map(({ name }) => name.toLowerCase())));
  const [first = new Set<string>()] = sets;
  return sets.every((set) => first.intersection(set).size >= Math.max(2, first.union(set).size / 2));
}

function streamOf(tables: readonly TableProfile[], common: string): Stream {
  const parts = tables.toSorted((a, b) => comparePeriods(b.name, a.name));
  const [newest] = parts;
  const several = common === '' || common === '#' ? `${parts.length} tables of one kind` : common.replaceAll('_', ' ');
  const name = parts.length > 1 ? several : withoutNumbers(newest?.name ?? '');
  const columns = newest === undefined ? [] : withSamplesOf(newest.columns, parts);
  return { name, rowNoun: parts.length > 1 && common === '' ? plainRows : rowNounOf(name, columns), parts, columns };
}

const plainRows = { one: 'row', many: 'rows' };

/** Long numbers in a name are of somebody. */
function withoutNumbers(name: string): string {
  return name.replaceAll(/[_\s-]*\d{6,}/g, '') || 'a table';
}

/** The columns of the newest table, with the samples of all of them. */
function withSamplesOf(columns: readonly ColumnProfile[], parts: readonly TableProfile[]): ColumnProfile[] {
  if (parts.length === 1) return [...columns];
  return columns.map((column) => {
    const cells = parts.slice(0, maxSampledParts).flatMap(({ columns: own }) => {
      const rows = own.reduce((most, { cells: all }) => Math.max(most, all.length), 0);
      const found = own.find(({ name }) => name.toLowerCase() === column.name.toLowerCase());
      return found?.cells ?? Array.from({ length: rows }, () => null);
    });
    const sample = cells.filter((cell) => cell !== null);
    return { ...column, cells, sample, nulls: cells.length - sample.length };
  });
}

/** By year and month where the names have them, else as texts with numbers in them are sorted. */
function comparePeriods(a: string, b: string): number {
  const key = (name: string) =>
    wordsOf(name)
      .map((word) => (monthName.test(word) ? String(monthOf(word)).padStart(2, '0') : word))
      .toSorted((one, other) => Number(/^\d{4}$/.test(other)) - Number(/^\d{4}$/.test(one)))
      .join('_');
  return key(a).localeCompare(key(b), 'en', { numeric: true });
}

function monthOf(word: string): number {
  const stems = [
    'jan',
    'feb',
    'ma[rc]',
    'apr',
    'm[ae][yi]',
    'jun',
    'jul',
    '(aug|ogo)',
    'sep',
    'o[ck]t',
    'nov',
    'd[ei][cs]',
  ];
  return stems.findIndex((stem) => new RegExp(`^${stem}`).test(word)) + 1;
}

/** A table with a meaningless name, as a CSV import makes it, takes its noun from its column of order numbers. */
function rowNounOf(name: string, columns: readonly ColumnProfile[]): Stream['rowNoun'] {
  const words = wordsOf(name).filter((word) => !isPeriod(word) && !filler.test(word));
  const text = words.join(' ');
  if (text !== '' && !pluralNoun(text).endsWith(' rows')) return { one: singularNoun(text), many: pluralNoun(text) };
  const stem = columns
    .map(
      ({ name: column }) =>
        /^(order|sale|invoice|receipt|booking|transaction|payment|ticket|bill)_?(no|number|num|id|ref)$/.exec(
          snakeCase(column),
        )?.[1],
    )
    .find((one) => one !== undefined);
  if (stem !== undefined) return { one: stem, many: `${stem}s` };
  const own = spaced(name);
  return { one: singularNoun(own), many: pluralNoun(own) };
}
