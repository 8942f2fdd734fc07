import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CorpusDatabase } from '../../corpus-database.ts';
import { type ColumnValue, load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

interface FixtureRow {
  readonly pk: number;
  readonly model: string;
  readonly fields: Readonly<Record<string, ColumnValue>>;
}

/** Databases that others made, which the lab downloads (part `samples`): none without it. */
export function publicSamples(folder: string | undefined): CorpusDatabase[] {
  return folder === undefined ? [] : [chinook(path.join(folder, 'initial_data.json'))];
}

/** Chinook, a music shop that has an invoice every few days; the Django fixture of it. */
function chinook(file: string): CorpusDatabase {
  const rows = JSON.parse(readFileSync(file, 'utf8')) as FixtureRow[];
  const people = rows.filter(({ model }) => model === 'chinook.customer' || model === 'chinook.employee');
  const personal = people.flatMap(({ fields }) =>
    [fields['email'], fields['phone'], fields['address'], `${fields['firstname']} ${fields['lastname']}`].filter(
      (value): value is string => typeof value === 'string',
    ),
  );
  return {
    name: 'chinook',
    day: '2011-12-04',
    zone: 'America/Edmonton',
    canaries: personal,
    fill: (db) => {
      for (const [model, ofModel] of Map.groupBy(rows, (row) => row.model)) {
        const table = model.replace(/^chinook\.(.)/, (_, first: string) => first.toUpperCase());
        load(
          db,
          table,
          ofModel.map(({ pk, fields }) => ({ id: pk, ...withPlainDates(fields) })),
          typesOf(ofModel[0]),
        );
      }
      return undefined;
    },
    truth: truthOfTable({ from: 'Invoice', on: 'date(invoicedate) = :day', sums: ['sum(total)'] }),
  };
}

/** `2011-12-04 00:00:00`, as the original has it; the fixture says UTC of what are days. */
const withPlainDates = (fields: FixtureRow['fields']) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)Z$/, '$1 $2') : value,
    ]),
  );

function typesOf(row: FixtureRow | undefined): Record<string, string> {
  const numbers = Object.entries(row?.fields ?? {}).filter(([, value]) => typeof value === 'number');
  return { id: 'INTEGER PRIMARY KEY', ...Object.fromEntries(numbers.map(([name]) => [name, 'NUMERIC'])) };
}
