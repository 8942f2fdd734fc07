import Sqlite from 'better-sqlite3';
import { canaries } from './people.ts';

/** Something that must not be shown, and where it was. */
export interface Leak {
  readonly value: string;
  readonly output: string;
}

/** The values that stand in one of the outputs (by name). */
export function leaksIn(outputs: ReadonlyMap<string, string>, values: readonly string[]): Leak[] {
  return [...outputs].flatMap(([output, text]) => {
    const plain = text.replaceAll(/[\u00a0\u202f]/g, ' ');
    return values.filter((value) => plain.includes(value)).map((value) => ({ value, output }));
  });
}

/** What of a database must not be shown: people and their like, and the keys of its rows that are no plain numbers. */
export function secretsOf(file: string, own: readonly string[] = []): string[] {
  const db = new Sqlite(file, { readonly: true });
  try {
    const tables = db
      .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
      .pluck()
      .all();
    const keys = tables.flatMap((table) => {
      const columns = db.pragma(`table_info("${table}")`) as { name: string }[];
      return columns.flatMap(({ name }) =>
        db.prepare<[], unknown>(`SELECT DISTINCT "${name}" FROM "${table}" LIMIT 5000`).pluck().all().filter(isKey),
      );
    });
    return [...new Set([...canaries, ...own, ...keys])];
  } finally {
    db.close();
  }
}

/** Letters and digits in one word, and no date: an order's number, a token, a plate. */
function isKey(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    /^(?=.*\d)(?=.*\p{L})[\p{L}\p{N}#/_.-]{6,60}$/u.test(value) &&
    !/^\d{4}-\d\d-\d\d/.test(value)
  );
}
