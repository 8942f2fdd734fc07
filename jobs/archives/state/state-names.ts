import type { BackupLayout, RunKind } from '../backup-kinds.ts';
import { type DailyName, dailyKey, freeDailyKey, parseDailyKey } from '../names.ts';

/** Ends the part of the name that says whose it is, so that nobody takes one for a backup of the database. */
const nameEnding = '-state';

/** Where state backups lie. No kind of backup: no listing, restore or prune of databases looks here. */
export function stateFolder({ prefix }: Pick<BackupLayout, 'prefix'>): RunKind {
  return { from: 'run', name: 'state', prefix: `${prefix}state/` };
}

/** `sqlite-backups/state/csv_data-state_2025-11-30_020003.db.gz`: of the host that has this database. */
export function stateKey(folder: RunKind, { database, ...name }: DailyName, taken: ReadonlySet<string>): string {
  return freeDailyKey(folder, { ...name, database: `${database}${nameEnding}` }, taken);
}

/** Begins the keys of a database's state backups, and of databases whose names go on like that. */
export function stateKeysOf(folder: RunKind, database: string): string {
  return `${folder.prefix}${database}${nameEnding}_`;
}

/** What the key of a state backup says; null when it is not exactly one of ours. */
export function parseStateKey(folder: RunKind, key: string): DailyName | null {
  const name = parseDailyKey(folder, key);
  if (name === null || !name.database.endsWith(nameEnding) || dailyKey(folder, name) !== key) return null;
  return { ...name, database: name.database.slice(0, -nameEnding.length) };
}
