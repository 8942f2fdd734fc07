import type { DatabaseFingerprint } from '../staging/verified-file.ts';

/** One of the two files. `fingerprint` is null when nobody could read what it holds. */
export type ComparedDatabase = {
  readonly bytes: number | null;
  /** When it was last written to; null: not known. */
  readonly changedAt: Temporal.Instant | null;
  readonly fingerprint: DatabaseFingerprint | null;
};

export type DatabaseComparison = {
  /** Rows by table in both, of tables that neither leaves uncounted; null where it is not there, or the content is not known. */
  readonly rows: readonly { readonly table: string; readonly now: number | null; readonly backup: number | null }[];
  /** `other`: not the same database at all. `changed`: another version of its schema. */
  readonly relation: 'same' | 'changed' | 'other' | 'unknown';
  /** Why it is not the same. */
  readonly differences: readonly string[];
};

/** Compares what the current file holds with what takes its place. */
export function compareFingerprints(
  now: DatabaseFingerprint | null,
  backup: DatabaseFingerprint | null,
): DatabaseComparison {
  const uncounted = uncountedIn(now, backup);
  const counted = [...Object.keys(now?.tables ?? {}), ...Object.keys(backup?.tables ?? {})];
  const tables = [...new Set(counted)].filter((table) => !uncounted.includes(table)).sort();
  const rows = tables.map((table) => ({
    table,
    now: now?.tables[table] ?? null,
    backup: backup?.tables[table] ?? null,
  }));
  if (now === null || backup === null) return { rows, relation: 'unknown', differences: [] };
  const differences = [
    ...changed('application_id', now.applicationId, backup.applicationId),
    ...changed('user_version', now.userVersion, backup.userVersion),
    ...missing('the backup', now, backup),
    ...missing('the current file', backup, now),
  ];
  if (differences.length === 0 && now.schemaSha256 !== backup.schemaSha256) {
    differences.push('columns, indexes, views or triggers differ');
  }
  return { rows, relation: relationOf(now, backup, differences.length > 0), differences };
}

/** Tables that at least one of them has and does not count, sorted. */
export function uncountedIn(...sides: readonly (DatabaseFingerprint | null)[]): string[] {
  return [...new Set(sides.flatMap((side) => side?.uncounted ?? []))].sort();
}

const namesIn = ({ tables, uncounted }: DatabaseFingerprint) => [...Object.keys(tables), ...(uncounted ?? [])];

function relationOf(
  now: DatabaseFingerprint,
  backup: DatabaseFingerprint,
  differs: boolean,
): DatabaseComparison['relation'] {
  if (!differs) return 'same';
  const [names, others] = [namesIn(now), namesIn(backup)];
  const bothHaveTables = names.length > 0 && others.length > 0;
  const shareNone = bothHaveTables && !names.some((table) => others.includes(table));
  return shareNone || now.applicationId !== backup.applicationId ? 'other' : 'changed';
}

function changed(what: string, now: number, backup: number): string[] {
  return now === backup ? [] : [`${what} is ${now} in the current file and ${backup} in the backup`];
}

function missing(where: string, has: DatabaseFingerprint, lacks: DatabaseFingerprint): string[] {
  const others = namesIn(lacks);
  const names = namesIn(has).filter((table) => !others.includes(table));
  return names.length === 0 ? [] : [`${where} has no ${names.length === 1 ? 'table' : 'tables'} ${names.join(', ')}`];
}
