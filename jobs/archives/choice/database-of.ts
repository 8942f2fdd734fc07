import type { Database } from '../../settings/databases.ts';
import { fileNameOf } from '../names.ts';
import type { StoredBackup } from '../stored-backups.ts';

/** The database a backup belongs to. Of a name that is not ours: the longest configured name it begins with. */
export function databaseOf(
  { key, database }: Pick<StoredBackup, 'key' | 'database'>,
  databases: readonly Database[],
): string | null {
  if (database !== null) return database;
  const file = fileNameOf(key);
  const names = databases
    .map(({ name }) => name)
    .filter((name) => new RegExp(`^${RegExp.escape(name)}[^a-zA-Z0-9]`).test(file));
  return names.toSorted((a, b) => b.length - a.length)[0] ?? null;
}
