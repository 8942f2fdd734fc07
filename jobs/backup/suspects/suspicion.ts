import { formatBytes, formatCount, plural } from '../../runtime/format.ts';

type RowCounts = Readonly<Record<string, number>>;

/** How much a database holds, to distinguish a lost database from a used one. */
export type DatabaseSize = {
  readonly bytes: number;
  /** Without the pages that hold nothing: what a VACUUM leaves. */
  readonly usedBytes: number;
  /** Of all tables together; null when nobody counted. */
  readonly rows: number | null;
  /** Rows by table; null when they are not known. */
  readonly tables: RowCounts | null;
};

export type AssessedSnapshot = DatabaseSize & {
  readonly tables: RowCounts;
  /** Tables that could not be read, for want of an extension. */
  readonly unchecked: readonly string[];
};

/** A backup that a snapshot is compared with; `name` is for people. */
export type Baseline = DatabaseSize & { readonly name: string };

/** What is no alarm although it looks like one. */
export type Tolerance = {
  /** From BACKUP_SUSPECT_IGNORE. */
  readonly ignored: readonly string[];
  /** Whether a table was empty in an earlier good backup. */
  readonly wasEmptyBefore: (table: string) => boolean;
};

/** Why a snapshot looks as if data was lost. */
export type Suspicion = {
  readonly reason: string;
  /** Tables that had rows in the backup before and have none now. */
  readonly lostTables: readonly { readonly table: string; readonly rows: number }[];
  readonly bytes: { readonly before: number; readonly now: number };
};

/** `remarks` say what was tolerated or could not be compared. */
export type Assessment = { readonly suspicion: Suspicion | null; readonly remarks: readonly string[] };

/** A table counts as there again when at least this share of its rows is there. */
const sameShare = 0.9;
/** Rows of a table that was renamed change by no more than this share of them in a day. */
const renamedChange = 0.1;

/**
 * Whether a snapshot looks as if data was lost since the last good backup: a table that had rows has none or is gone, no row
 * is left at all, or the size (where tables cannot be compared, the rows too) is under half, and not only by a VACUUM. An
 * unmounted disk gives a new empty database, which passes every other check.
 */
export function assess(snapshot: AssessedSnapshot, baseline: Baseline | null, tolerance: Tolerance): Assessment {
  if (baseline === null) return { suspicion: null, remarks: [] };
  const bytes = { before: baseline.bytes, now: snapshot.bytes };
  const { lost, remarks } = lostTables(snapshot, baseline, tolerance);
  const reason = lostReason(lost, baseline) ?? emptied(snapshot, baseline, tolerance) ?? shrunk(snapshot, baseline);
  return { suspicion: reason === null ? null : { reason, lostTables: lost, bytes }, remarks };
}

/**
 * Whether a snapshot disproves an earlier suspicion: what the good backup `before` the suspect had and the suspect lacked is
 * there again, nearly all of it. `suspect` has which tables that were: where it does not, every table counts; where it was
 * none, the size does.
 */
export function disproves(
  snapshot: DatabaseSize,
  suspect: { readonly tables: RowCounts | null },
  before: Baseline,
): boolean {
  const isBack = (now: number | null, then: number | null) => now !== null && then !== null && now >= then * sameShare;
  if (!isBack(snapshot.rows, before.rows) || before.tables === null || snapshot.tables === null) return false;
  const { tables } = snapshot;
  const lacked = Object.entries(before.tables).filter(([table, rows]) => rows > 0 && !suspect.tables?.[table]);
  if (lacked.length === 0) return isBack(snapshot.usedBytes, before.usedBytes);
  return lacked.every(([table, rows]) => isBack(tables[table] ?? 0, rows));
}

/** What a suspect lost. */
export type SuspectLoss = { readonly reason: string; readonly tables: RowCounts | null };

/** Whether two suspects lost the same, whatever they were measured against; false where that is not known. */
export function isSameLoss(a: SuspectLoss, b: SuspectLoss): boolean {
  if (reasonKind(a.reason) !== reasonKind(b.reason)) return false;
  if (!/ and [\d,]+ more tables? /.test(a.reason)) return true;
  return a.tables !== null && b.tables !== null && withRows(a.tables) === withRows(b.tables);
}

function withRows(tables: RowCounts): string {
  const names = Object.keys(tables).filter((table) => tables[table] !== 0);
  return JSON.stringify(names.toSorted());
}

/** The reason without its figures and the backup it was measured against. */
export function reasonKind(reason: string): string {
  return reason.replace(/ \(had .*$/, '').replace(/: .*$/, '');
}

type LostTable = { readonly table: string; readonly rows: number };

function lostTables(
  snapshot: AssessedSnapshot,
  baseline: Baseline,
  tolerance: Tolerance,
): { lost: LostTable[]; remarks: string[] } {
  if (baseline.tables === null) {
    return {
      lost: [],
      remarks: [
        `the row counts of single tables are not known of ${baseline.name}: only rows and size in total were compared`,
      ],
    };
  }
  const before = baseline.tables;
  const renamed = renamedTables(snapshot.tables, before, tolerance.ignored);
  const lost: LostTable[] = [];
  const remarks: string[] = [];
  for (const [table, rows] of Object.entries(before)) {
    if (rows === 0 || snapshot.tables[table] || snapshot.unchecked.includes(table)) continue;
    const wasEmpty = snapshot.tables[table] === 0 && tolerance.wasEmptyBefore(table);
    const newName = renamed.get(table);
    if (tolerance.ignored.includes(table)) remarks.push(`table ${table} lost all rows (BACKUP_SUSPECT_IGNORE)`);
    else if (wasEmpty) remarks.push(`table ${table} is empty again, as it was in an earlier good backup`);
    else if (newName !== undefined) remarks.push(renamedRemark({ table, rows }, newName, snapshot.tables));
    else lost.push({ table, rows });
  }
  return { lost, remarks };
}

/**
 * New names of tables that are gone, where one new table has about as many rows and could be no other's. Of their columns
 * nothing is known here.
 */
function renamedTables(now: RowCounts, before: RowCounts, ignored: readonly string[]): ReadonlyMap<string, string> {
  const gone = Object.keys(before).filter((table) => now[table] === undefined && !ignored.includes(table));
  const fresh = Object.keys(now).filter((table) => before[table] === undefined);
  const isLikely = (old: string, table: string) => {
    const rows = before[old] ?? 0;
    return rows > 0 && Math.abs((now[table] ?? 0) - rows) <= rows * renamedChange;
  };
  const pairs = gone.flatMap((old) => {
    const [newName, ...others] = fresh.filter((table) => isLikely(old, table));
    if (newName === undefined || others.length > 0) return [];
    return gone.some((other) => other !== old && isLikely(other, newName)) ? [] : [[old, newName] as const];
  });
  return new Map(pairs);
}

function renamedRemark({ table, rows }: LostTable, newName: string, now: RowCounts): string {
  const counts = [plural(rows, 'row'), plural(now[newName] ?? 0, 'row')];
  return `table ${table} (${counts[0]}) is gone and ${newName} (${counts[1]}) is new: taken for renamed, by these counts alone`;
}

/** Whatever may be empty by itself: not all at once, unless a person named every table that had rows. */
function emptied(
  { tables, unchecked }: AssessedSnapshot,
  { rows, tables: before, name }: Baseline,
  { ignored }: Tolerance,
): string | null {
  const isEmpty = unchecked.length === 0 && Object.values(tables).every((count) => count === 0);
  if (!isEmpty || rows === null || rows === 0) return null;
  const hadRows = Object.entries(before ?? {}).filter(([, count]) => count > 0);
  if (hadRows.length > 0 && hadRows.every(([table]) => ignored.includes(table))) return null;
  return `no row is left in any table (had ${formatCount(rows)} in ${name})`;
}

function lostReason(lost: readonly LostTable[], { name }: Baseline): string | null {
  const [first] = lost;
  if (first === undefined) return null;
  const others = lost.length === 1 ? '' : ` and ${plural(lost.length - 1, 'more table')}`;
  return `table ${first.table}${others} lost all rows (had ${formatCount(first.rows)} in ${name})`;
}

function shrunk(snapshot: AssessedSnapshot, baseline: Baseline): string | null {
  if (baseline.tables === null && baseline.rows !== null && (snapshot.rows ?? 0) * 2 < baseline.rows) {
    return `under half the rows: ${formatCount(snapshot.rows ?? 0)} after ${formatCount(baseline.rows)} in ${baseline.name}`;
  }
  if (snapshot.bytes * 2 >= baseline.bytes || snapshot.usedBytes * 2 >= baseline.usedBytes) return null;
  const sizes = `${formatBytes(snapshot.bytes)} after ${formatBytes(baseline.bytes)}`;
  return `under half the size: ${sizes} in ${baseline.name}`;
}
