import type Sqlite from 'better-sqlite3';
import { schemas } from './table-shape.ts';

type SchemaObject = { readonly type: string; readonly name: string; readonly sql: string | null };

/** What differs in the schema but whole tables, each in words: indexes, views, triggers, definitions, two pragmas. */
export function schemaDifferences(connection: Sqlite.Database): string[] {
  const [now, backup] = [objectsOf(connection, schemas.now), objectsOf(connection, schemas.backup)];
  const only = (some: readonly SchemaObject[], others: readonly SchemaObject[], where: string) =>
    some
      .filter((object) => object.type !== 'table' && find(others, object) === undefined)
      .map(({ type, name }) => `${type} ${name} is only ${where}`);
  const changed = now.filter((object) => {
    const other = find(backup, object);
    return other !== undefined && other.sql !== object.sql;
  });
  return [
    ...pragmaDifference(connection, 'user_version'),
    ...pragmaDifference(connection, 'application_id'),
    ...changed.map(({ type, name }) => `${type} ${name} is defined differently`),
    ...only(now, backup, 'in the database now'),
    ...only(backup, now, 'in the backup'),
  ];
}

function objectsOf(connection: Sqlite.Database, schema: string): SchemaObject[] {
  return connection
    .prepare<[], SchemaObject>(
      `SELECT type, name, sql FROM ${schema}.sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1, 2`,
    )
    .all();
}

const find = (objects: readonly SchemaObject[], { type, name }: SchemaObject) =>
  objects.find((object) => object.type === type && object.name === name);

function pragmaDifference(connection: Sqlite.Database, name: string): string[] {
  const [now, backup] = [schemas.now, schemas.backup].map((schema) =>
    connection.pragma(`${schema}.${name}`, { simple: true }),
  );
  return now === backup ? [] : [`${name} is ${now} now and ${backup} in the backup`];
}
