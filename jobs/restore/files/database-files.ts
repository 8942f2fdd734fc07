import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { removeFile, syncFolderOf } from './durable-writes.ts';
import { databaseParts } from './names.ts';

/** Removes files of a name with its sidecars. */
export function removeDatabaseFiles(file: string): void {
  for (const part of databaseParts) removeFile(file + part);
  syncFolderOf(file);
}

/** The inode as text: it may be larger than a number holds. */
export function fileIdentity(file: string): { inode: string; bytes: number } {
  const { ino, size } = statSync(file, { bigint: true });
  return { inode: String(ino), bytes: Number(size) };
}

/**
 * What keeps SQLite from reading the schema, null: nothing. Takes no locks and makes no -wal or -shm. By node:sqlite:
 * better-sqlite3 is built without URI file names, so `immutable` cannot be given to it.
 */
export function schemaProblem(database: string): string | null {
  const address = pathToFileURL(database);
  address.searchParams.set('immutable', '1');
  try {
    const connection = new DatabaseSync(address, { readOnly: true });
    try {
      connection.prepare('SELECT count(*) FROM sqlite_schema').get();
      return null;
    } finally {
      connection.close();
    }
  } catch (error) {
    return `SQLite cannot read its schema (${error instanceof Error ? error.message : error})`;
  }
}
