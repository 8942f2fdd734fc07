import { formatCount, indented, plural } from '../../runtime/format.ts';
import { tableText } from '../../runtime/table.ts';
import type { BothSides, DatabaseDifference, KeyedRows, TableDifference } from './difference.ts';
import { timeOver } from './walk-rows.ts';

type Compared = TableDifference & { readonly kind: 'compared' };

/** What differs, for a person; and what was not compared, so that nothing is taken for equal that was not read. */
export function differenceText(difference: DatabaseDifference, limitSeconds: number): string {
  const { tables, schema, isMoving } = difference;
  const compared = tables.filter((table) => table.kind === 'compared');
  const rows = compared.map(({ table, rows, onlyNow, onlyBackup, changed, incomplete }) => {
    const count = (rows: number) => `${incomplete === null ? '' : '>='}${formatCount(rows)}`;
    return [
      table,
      count(rows.now),
      count(rows.backup),
      ...[onlyNow, onlyBackup, changed].map((some) => count(some.count)),
    ];
  });
  const header = ['TABLE', 'ROWS NOW', 'IN BACKUP', 'ONLY NOW', 'ONLY IN BACKUP', 'CHANGED'];
  const notes = [
    ...tables.flatMap(absentNote),
    ...compared.flatMap(columnNotes),
    ...schema,
    ...(isMoving ? ['the database was written to meanwhile: rows of that time may be missing, or counted twice'] : []),
  ];
  const unread = tables.flatMap((table) => unreadNotes(table, limitSeconds));
  return [
    rows.length > 0 ? `\n${indented(tableText(header, rows))}` : '',
    ...compared.flatMap(exampleLines),
    ...(notes.length > 0 ? ['\n', ...notes.map((note) => `  NOTE: ${note}\n`)] : []),
    ...(unread.length > 0 ? ['\n', ...unread.map((note) => `  NOT COMPARED: ${note}\n`)] : []),
    `\n${summaryOf(difference, unread.length > 0 || isMoving)}\n`,
  ].join('');
}

function summaryOf({ tables, schema }: DatabaseDifference, isPartial: boolean): string {
  const differing = tables.filter(
    (table) =>
      table.kind === 'absent' ||
      (table.kind === 'compared' && [table.onlyNow, table.onlyBackup, table.changed].some(({ count }) => count > 0)) ||
      (table.kind === 'compared' && [...table.columns.now, ...table.columns.backup].length > 0),
  );
  const found = differing.length > 0 || schema.length > 0;
  if (found) return `They differ${isPartial ? ', and not all was compared' : ''}.`;
  if (isPartial) return 'No difference in what was compared, and not all was.';
  return `No difference: every row of ${plural(tables.length, 'table')} was compared.`;
}

function exampleLines({ table, key, onlyNow, onlyBackup, changed }: Compared): string[] {
  const kinds: readonly (readonly [string, KeyedRows])[] = [
    ['only now', onlyNow],
    ['only in the backup', onlyBackup],
    ['changed', changed],
  ];
  const lines = kinds.filter(([, { count }]) => count > 0);
  if (lines.length === 0) return [];
  const keys = ({ count, examples }: KeyedRows) => [...examples, ...(count > examples.length ? ['…'] : [])].join(', ');
  return [`\n  ${table}, by ${key}:\n`, ...lines.map(([name, rows]) => `    ${name}: ${keys(rows)}\n`)];
}

function absentNote(table: TableDifference): string[] {
  if (table.kind !== 'absent') return [];
  const rows = table.rows === null ? '' : `, with ${plural(table.rows, 'row')}`;
  return [`table ${table.table} is only in the ${table.side === 'now' ? 'database now' : 'backup'}${rows}`];
}

function columnNotes({ table, columns, key }: Compared): string[] {
  const only = (names: readonly string[], where: string) =>
    names.length === 0
      ? []
      : [`${table}: ${names.length === 1 ? 'column' : 'columns'} ${names.join(', ')} only ${where}`];
  return [
    ...only(columns.now, 'in the database now'),
    ...only(columns.backup, 'in the backup'),
    ...(key === 'rowid' ? [`${table} has no primary key: its rows were matched by rowid, which VACUUM changes`] : []),
  ];
}

function unreadNotes(table: TableDifference, limitSeconds: number): string[] {
  const because = (why: string) =>
    why === timeOver ? `${why}, ${plural(limitSeconds, 'second')} (--compare-limit SECONDS)` : why;
  if (table.kind === 'not compared') return [`table ${table.table}: ${because(table.why)}`];
  if (table.kind !== 'compared') return [];
  const { rows, unkeyed, incomplete } = table;
  const both = (counts: BothSides<number>) =>
    `${plural(counts.now, 'row')} now and ${formatCount(counts.backup)} in the backup`;
  return [
    ...(incomplete === null ? [] : [`${table.table} after the first ${both(rows)}: ${because(incomplete)}`]),
    ...(unkeyed.now + unkeyed.backup === 0 ? [] : [`${table.table}: ${both(unkeyed)} have NULL in their key`]),
  ];
}
