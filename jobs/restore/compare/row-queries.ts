import { quoteName } from '../../sqlite/contents.ts';
import { schemas, type TableKey, type TableShape } from './table-shape.ts';

/** What a row of a walk is: the last column of its result. */
export const rowStates = { same: 0, missing: 1, changed: 2, unkeyed: 3 } as const;

/** A walk through the rows of one side in the order of `position`, from one row on or from the first. */
export type RowWalk = {
  /** Result columns: those of the position, of the key, the state. */
  readonly first: string;
  /** The same after the position in its parameters. */
  readonly next: string;
  readonly positionLength: number;
};

/** Walks through the rows of now; each is the same in the backup, missing there, changed, or has no key. */
export function walkNow(table: string, now: TableShape, key: TableKey, shared: readonly string[]): RowWalk {
  const from = `${schemas.now}.${quoteName(table)} AS a LEFT JOIN ${schemas.backup}.${quoteName(table)} AS b ON ${matches(key)}`;
  // By bytes: the collation of a column must hide no difference, nor 1 = 1.0 one of type.
  const same = shared.map((name) => {
    const [a, b] = [`a.${quoteName(name)}`, `b.${quoteName(name)}`];
    return `${a} IS ${b} COLLATE BINARY AND typeof(${a}) = typeof(${b})`;
  });
  // No part of a key that matched is NULL.
  const isMissing = `b.${quoteName(key.columns[0] ?? '')} IS NULL`;
  const state = `CASE WHEN ${hasNull(key, 'a')} THEN ${rowStates.unkeyed} WHEN ${isMissing} THEN ${rowStates.missing}
    WHEN ${['1', ...same].join(' AND ')} THEN ${rowStates.same} ELSE ${rowStates.changed} END`;
  return walk('a', from, now, key, state);
}

/** Walks through the rows of the backup; each is there now, is missing, or has no key. */
export function walkBackup(table: string, backup: TableShape, key: TableKey): RowWalk {
  const from = `${schemas.backup}.${quoteName(table)} AS b`;
  const exists = `EXISTS (SELECT 1 FROM ${schemas.now}.${quoteName(table)} AS a WHERE ${matches(key)})`;
  const state = `CASE WHEN ${hasNull(key, 'b')} THEN ${rowStates.unkeyed} WHEN ${exists} THEN ${rowStates.same}
    ELSE ${rowStates.missing} END`;
  return walk('b', from, backup, key, state);
}

function walk(side: 'a' | 'b', from: string, { rowid }: TableShape, key: TableKey, state: string): RowWalk {
  const columns = (names: readonly string[]) => names.map((name) => `${side}.${quoteName(name)}`).join(', ');
  const names = rowid === null ? key.columns : [rowid];
  const position = columns(names);
  const select = `SELECT ${position}, ${columns(key.columns)}, ${state} FROM ${from}`;
  const order = `ORDER BY ${position}`;
  return {
    first: `${select} ${order}`,
    next: `${select} WHERE (${position}) > (${names.map(() => '?').join(', ')}) ${order}`,
    positionLength: names.length,
  };
}

const matches = ({ columns }: TableKey) =>
  columns.map((name) => `b.${quoteName(name)} = a.${quoteName(name)}`).join(' AND ');

const hasNull = ({ columns }: TableKey, side: 'a' | 'b') =>
  columns.map((name) => `${side}.${quoteName(name)} IS NULL`).join(' OR ');
