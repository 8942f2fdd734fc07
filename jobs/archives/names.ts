import { fileStamp } from '../runtime/clock.ts';
import { Failure } from '../runtime/errors.ts';
import type { BackupKind, BackupLayout, PeriodKind, RunKind } from './backup-kinds.ts';

const detailsFolder = 'meta/';

export type ArchiveEnding = '.db.gz' | '.db.zst' | '.db.gz.age' | '.db.zst.age';

export type DailyName = {
  readonly database: string;
  /** Local time, whole seconds. */
  readonly at: Temporal.PlainDateTime;
  readonly ending: ArchiveEnding;
};
export type PeriodName = { readonly database: string; readonly period: string; readonly ending: ArchiveEnding };

const endingPattern = '(?<ending>\\.db\\.(?:gz|zst)(?:\\.age)?)$';
const dailyName = new RegExp(
  `^(?<database>[\\w.-]+)_(?<date>\\d{4}-\\d{2}-\\d{2})_(?<time>[0-2]\\d[0-5]\\d[0-5]\\d)${endingPattern}`,
);

/** `sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz`. */
export function dailyKey({ prefix }: RunKind, { database, at, ending }: DailyName): string {
  return `${prefix}${database}_${fileStamp(at)}${ending}`;
}

/** The daily key, a second or more later where `taken` has it: a local hour can happen twice, and no backup replaces another. */
export function freeDailyKey(daily: RunKind, name: DailyName, taken: ReadonlySet<string>): string {
  const key = dailyKey(daily, name);
  return taken.has(key) ? freeDailyKey(daily, { ...name, at: name.at.add({ seconds: 1 }) }, taken) : key;
}

/** `sqlite-backups/weekly/csv_data_2025-W48.db.gz`. */
export function periodKey({ prefix }: PeriodKind, { database, period, ending }: PeriodName): string {
  return `${prefix}${database}_${period}${ending}`;
}

/** What a daily key says, or null when it is not exactly one of ours. */
export function parseDailyKey({ prefix }: RunKind, key: string): DailyName | null {
  const groups = key.startsWith(prefix) ? dailyName.exec(key.slice(prefix.length))?.groups : undefined;
  if (groups === undefined) return null;
  const { database = '', date = '', time = '', ending } = groups;
  try {
    const clock = `${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}`;
    const at = Temporal.PlainDateTime.from(`${date}T${clock}`, { overflow: 'reject' });
    return { database, at, ending: ending as ArchiveEnding };
  } catch {
    return null;
  }
}

/** What the key of a period's backup says, or null when it is not exactly one of ours. */
export function parsePeriodKey({ prefix, pattern }: PeriodKind, key: string): PeriodName | null {
  if (!key.startsWith(prefix)) return null;
  const name = new RegExp(`^(?<database>[\\w.-]+)_(?<period>${pattern})${endingPattern}`);
  const { groups } = name.exec(key.slice(prefix.length)) ?? {};
  if (groups === undefined) return null;
  const { database = '', period = '', ending } = groups;
  return { database, period, ending: ending as ArchiveEnding };
}

/** The database that a key names, or null when it is not exactly one of ours, of any kind. */
export function databaseInKey(key: string, kinds: readonly BackupKind[]): string | null {
  const names = kinds.map((kind) => (kind.from === 'run' ? parseDailyKey(kind, key) : parsePeriodKey(kind, key)));
  return names.find((name) => name !== null)?.database ?? null;
}

/** A key without its folders: `csv_data_2025-11-30_020000.db.gz`. */
export function fileNameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** Where the details of one of our own backups are: `sqlite-backups/meta/csv_data_2025-11-30_020000.db.gz.json`. */
export function detailsKey(key: string): string {
  const [, prefix = ''] = /^(.*\/)?[^/]+\/[^/]+$/.exec(key) ?? [];
  return `${prefix}${detailsFolder}${fileNameOf(key)}.json`;
}

/** Begins the details of every backup of a database, and of databases whose names begin with that. */
export function detailsPrefixOf({ prefix }: BackupLayout, database: string): string {
  return `${prefix}${detailsFolder}${database}_`;
}

/** The key of the backup that details belong to, or null when their name is not exactly one of ours. */
export function parseDetailsKey(
  { prefix, kinds }: BackupLayout,
  key: string,
): { readonly key: string; readonly database: string } | null {
  const detailsPrefix = `${prefix}${detailsFolder}`;
  if (!key.startsWith(detailsPrefix) || !key.endsWith('.json')) return null;
  const file = key.slice(detailsPrefix.length, -'.json'.length);
  for (const kind of kinds) {
    const database = databaseInKey(kind.prefix + file, [kind]);
    if (database !== null) return { key: kind.prefix + file, database };
  }
  return null;
}

/** The kind of a key and its name below the kind's folder, as `list` prints it; null when it is in no kind's folder. */
export function locateKey(
  key: string,
  kinds: readonly BackupKind[],
): { readonly kind: string; readonly name: string } | null {
  const kind = kinds.find(({ prefix }) => key.startsWith(prefix));
  return kind === undefined ? null : { kind: kind.name, name: key.slice(kind.prefix.length) };
}

/** Key of a backup's name as a person gives it, with or without the prefix; null when no backup can have it. */
export function keyNamed(name: string, { prefix }: BackupKind, kinds: readonly BackupKind[]): string | null {
  const file = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  const partsFit = file.split('/').every((part) => !['', '.', '..'].includes(part));
  return partsFit && locateKey(file, kinds) === null ? prefix + file : null;
}

/** The same. Throws ARGUMENT_INVALID when no backup can have that name. */
export function keyOf(name: string, kind: BackupKind, kinds: readonly BackupKind[]): string {
  const key = keyNamed(name, kind, kinds);
  if (key !== null) return key;
  throw new Failure(
    'ARGUMENT_INVALID',
    `"${name}" is not the name of a ${kind.name} backup.`,
    'Give the name as `nightshift list` prints it, such as csv_data_2025-11-30_020000.db.gz.',
  );
}
