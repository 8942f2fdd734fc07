import { readDetails } from '../../archives/backup-details.ts';
import {
  type DatedDaily,
  type Inventory,
  type KnownDaily,
  knownTables,
  openSuspects,
  trustedOf,
} from '../../archives/inventory.ts';
import type { BackupFacts } from '../../archives/metadata.ts';
import { fileNameOf } from '../../archives/names.ts';
import type { ReadOnlyHistory } from '../../monitoring/history/history.ts';
import { plural } from '../../runtime/format.ts';
import { type DatabaseContents, totalRows } from '../../sqlite/contents.ts';
import type { Snapshot } from '../../sqlite/snapshot/snapshot.ts';
import type { ObjectStore } from '../../store/store.ts';
import { type AssessedSnapshot, type Assessment, assess, type Baseline, disproves } from './suspicion.ts';

type AssessmentDeps = {
  /** The database's name. */
  readonly database: string;
  readonly store: ObjectStore;
  readonly history: Pick<ReadOnlyHistory, 'newestGood'>;
  /** Tables whose emptying is no alarm. */
  readonly ignored: readonly string[];
  readonly signal: AbortSignal;
};

type CheckedSnapshot = {
  readonly snapshot: Snapshot;
  readonly snapshotSha256: string;
  readonly contents: DatabaseContents;
};

type TrustedDaily = KnownDaily & DatedDaily;

export type SnapshotAssessment = Assessment & {
  /** Open suspects that this snapshot disproves: what the good backup before each had is there again. */
  readonly disproved: readonly string[];
};

/**
 * Compares a snapshot with the newest good backup in the store (with none, with the totals in the history), and finds which
 * open suspects it disproves. Throws STORE_ failures.
 */
export async function assessSnapshot(
  { snapshot, snapshotSha256, contents }: CheckedSnapshot,
  inventory: Inventory,
  deps: AssessmentDeps,
): Promise<SnapshotAssessment> {
  const trusted = trustedOf(inventory);
  const assessed = assessedSnapshot(snapshot, contents);
  const [newest] = trusted;
  const baseline = newest === undefined ? null : await baselineOf(newest, inventory, deps);
  const found = await assessTolerantly(assessed, baseline ?? baselineInHistory(deps), trusted, inventory, deps);
  const same = sameAsOpenSuspect(snapshotSha256, inventory);
  if (same !== null && found.suspicion === null) {
    const bytes = { before: snapshot.bytes, now: snapshot.bytes };
    return { suspicion: { reason: same, lostTables: [], bytes }, remarks: found.remarks, disproved: [] };
  }
  const remarks = newest === undefined ? [...found.remarks, ...nothingToCompare(inventory)] : found.remarks;
  const disproved = found.suspicion === null ? await disprovedBy(assessed, trusted, inventory, deps) : [];
  return { suspicion: found.suspicion, remarks, disproved };
}

/** The reason of an open suspect that holds the very same bytes, or null: nothing has become better since. */
function sameAsOpenSuspect(snapshotSha256: string, inventory: Inventory): string | null {
  const same = openSuspects(inventory).find(({ facts }) => facts?.snapshotSha256 === snapshotSha256);
  return same?.facts?.suspect ?? null;
}

function assessedSnapshot(snapshot: Snapshot, { tables, unchecked }: DatabaseContents): AssessedSnapshot {
  const { bytes, pages, freePages } = snapshot;
  return { bytes, usedBytes: usedBytesOf(bytes, pages, freePages), rows: totalRows(tables), tables, unchecked };
}

/** Earlier backups are read only when a table is empty now: the row counts of each may be an object of its own. */
async function assessTolerantly(
  snapshot: AssessedSnapshot,
  baseline: Baseline | null,
  trusted: readonly TrustedDaily[],
  inventory: Inventory,
  deps: AssessmentDeps,
): Promise<Assessment> {
  const strict = { ignored: deps.ignored, wasEmptyBefore: () => false };
  const first = assess(snapshot, baseline, strict);
  const unexplained = (first.suspicion?.lostTables ?? []).filter(({ table }) => snapshot.tables[table] === 0);
  if (unexplained.length === 0) return first;
  const seenEmpty = new Set<string>();
  for (const earlier of trusted.slice(1)) {
    const { tables } = await baselineOf(earlier, inventory, deps);
    for (const { table } of unexplained) if (tables?.[table] === 0) seenEmpty.add(table);
    if (unexplained.every(({ table }) => seenEmpty.has(table))) break;
  }
  return assess(snapshot, baseline, { ...strict, wasEmptyBefore: (table) => seenEmpty.has(table) });
}

async function disprovedBy(
  snapshot: AssessedSnapshot,
  trusted: readonly TrustedDaily[],
  inventory: Inventory,
  deps: AssessmentDeps,
): Promise<string[]> {
  const disproved: string[] = [];
  for (const suspect of openSuspects(inventory)) {
    const { key, date } = suspect;
    if (date.kind !== 'dated') continue;
    const before = trusted.find((daily) => Temporal.Instant.compare(daily.date.takenAt, date.takenAt) < 0);
    if (before === undefined) continue;
    const baseline = await baselineOf(before, inventory, deps);
    if (disproves(snapshot, { tables: knownTables(suspect) }, baseline)) disproved.push(key);
  }
  return disproved;
}

async function baselineOf(
  daily: TrustedDaily,
  { withDetails }: Inventory,
  { store, signal }: AssessmentDeps,
): Promise<Baseline> {
  const { key, facts } = daily;
  const details =
    facts.tables === null && withDetails.has(key) ? await readDetails(store, key, facts.snapshotSha256, signal) : null;
  return {
    name: fileNameOf(key),
    bytes: facts.snapshotBytes,
    usedBytes: usedBytesOf(facts.snapshotBytes, facts.pages, facts.freePages),
    rows: facts.rows,
    tables: facts.tables ?? details?.tables ?? null,
  };
}

function baselineInHistory({ history, database }: AssessmentDeps): Baseline | null {
  const good = history.newestGood(database);
  if (good === null || good.key === null || good.snapshotBytes === null) return null;
  const { key, snapshotBytes, rows } = good;
  return { name: fileNameOf(key), bytes: snapshotBytes, usedBytes: snapshotBytes, rows, tables: null };
}

function nothingToCompare({ dailies }: Inventory): string[] {
  if (dailies.length === 0) return [];
  return [
    `no backup in the store could be compared with: of ${plural(dailies.length, 'daily backup')} none has metadata, a plausible date and no open suspicion`,
  ];
}

function usedBytesOf(bytes: number, pages: BackupFacts['pages'], freePages: number | null): number {
  return freePages === null || pages === 0 ? bytes : bytes - (bytes / pages) * freePages;
}
