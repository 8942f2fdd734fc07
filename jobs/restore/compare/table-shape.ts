import type Sqlite from 'better-sqlite3';

/** Schema names of the two databases on one connection. */
export const schemas = { now: 'main', backup: 'backup' } as const;
type SchemaName = (typeof schemas)[keyof typeof schemas];

/** What tells the rows of a table apart. */
export type TableKey = {
  /** Its columns; that of the rowid when there is no primary key. */
  readonly columns: readonly string[];
  /** Declared types, then collations, of its columns; empty for a rowid. */
  readonly types: readonly string[];
  readonly hasPrimaryKey: boolean;
};

export type TableShape = {
  readonly isVirtual: boolean;
  /** Columns that are stored for themselves: generated ones follow from these. */
  readonly columns: readonly string[];
  /** A name of the rowid that no column takes; null: WITHOUT ROWID, or all are taken. */
  readonly rowid: string | null;
  /** Null: nothing tells its rows apart. */
  readonly key: TableKey | null;
};

type ColumnRow = { readonly name: string; readonly type: string; readonly pk: number; readonly hidden: number };

/** Reads how a table is made. https://www.sqlite.org/pragma.html#pragma_table_xinfo */
export function tableShape(connection: Sqlite.Database, schema: SchemaName, table: string): TableShape {
  const { type, wr } = connection
    .prepare<[string, string], { type: string; wr: number | bigint }>(
      'SELECT type, wr FROM pragma_table_list WHERE schema = ? AND name = ?',
    )
    .get(schema, table) ?? { type: 'table', wr: 0 };
  const all = connection
    .prepare<[string, string], ColumnRow>('SELECT name, type, pk, hidden FROM pragma_table_xinfo(?, ?) ORDER BY cid')
    .all(table, schema);
  const names = all.map(({ name }) => name.toLowerCase());
  const rowid = Number(wr) === 1 ? null : (['rowid', '_rowid_', 'oid'].find((name) => !names.includes(name)) ?? null);
  const primary = all.filter(({ pk }) => Number(pk) > 0).toSorted((a, b) => Number(a.pk) - Number(b.pk));
  const types = () => [
    ...primary.map(({ type }) => type.toUpperCase()),
    ...primaryCollations(connection, schema, table),
  ];
  return {
    isVirtual: type === 'virtual',
    columns: all.filter(({ hidden }) => Number(hidden) === 0).map(({ name }) => name),
    rowid,
    key:
      primary.length > 0
        ? { columns: primary.map(({ name }) => name), types: types(), hasPrimaryKey: true }
        : rowid === null
          ? null
          : { columns: [rowid], types: [], hasPrimaryKey: false },
  };
}

/** Of the index behind a primary key; an INTEGER PRIMARY KEY has none. */
function primaryCollations(connection: Sqlite.Database, schema: SchemaName, table: string): string[] {
  return connection
    .prepare<[string, string, string], string>(
      `SELECT parts.coll FROM pragma_index_list(?, ?) AS list, pragma_index_xinfo(list.name, ?) AS parts
       WHERE list.origin = 'pk' AND parts.key = 1 ORDER BY parts.seqno`,
    )
    .pluck()
    .all(table, schema, schema);
}

/** Why the rows of a table cannot be matched; null: they can. */
export function whyUnmatched(now: TableShape, backup: TableShape): string | null {
  if (now.isVirtual || backup.isVirtual) return 'a virtual table: its rows are what its module makes of them';
  if (now.key === null || backup.key === null) return 'nothing tells its rows apart';
  return keyText(now.key) === keyText(backup.key) ? null : 'its primary key is not the same';
}

function keyText({ columns, types, hasPrimaryKey }: TableKey): string {
  return JSON.stringify([columns.map((name) => name.toLowerCase()), types, hasPrimaryKey]);
}
