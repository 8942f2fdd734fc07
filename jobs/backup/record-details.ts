import { type BackupDetails, noDetails, updateDetails, writeDetails } from '../archives/backup-details.ts';
import type { Inventory, StoredDaily } from '../archives/inventory.ts';
import { type BackupFacts, tablesFit } from '../archives/metadata.ts';
import { asFailure, type Failure } from '../runtime/errors.ts';
import type { Log } from '../runtime/log.ts';
import type { CheckedContents } from '../sqlite/integrity/integrity.ts';
import type { ObjectStore } from '../store/store.ts';

type RecordDetailsDeps = {
  readonly store: ObjectStore;
  readonly stagingFolder: string;
  readonly log: Log;
  readonly signal: AbortSignal;
};

type VerifiedBackup = { readonly key: string; readonly facts: BackupFacts; readonly contents: CheckedContents };

/** `inventory` with what was recorded; `failure` when something could not be: the backup itself is safe. */
export type RecordedDetails = { readonly inventory: Inventory; readonly failure: Failure | null };

/**
 * Keeps beside the backups what does not fit into metadata: row counts of many tables, findings, and which suspects this
 * backup disproves.
 */
export async function recordDetails(
  { key, facts, contents }: VerifiedBackup,
  disproved: readonly string[],
  inventory: Inventory,
  deps: RecordDetailsDeps,
): Promise<RecordedDetails> {
  const { store, stagingFolder: folder, log, signal } = deps;
  let recorded = inventory;
  try {
    const details = detailsOf(facts, contents);
    if (details !== null) {
      await writeDetails(store, key, details, { folder, signal });
      recorded = { ...recorded, withDetails: new Set([...recorded.withDetails, key]) };
    }
    for (const suspect of recorded.dailies.filter((daily) => disproved.includes(daily.key))) {
      await updateDetails(store, suspect, { disprovedBy: key }, { folder, signal });
      log.line(`${suspect.key} was suspect; its rows are there again, so it no longer blocks copies and prune`);
      const withDetails = new Set([...recorded.withDetails, suspect.key]);
      recorded = { ...recorded, withDetails, dailies: recorded.dailies.map((daily) => markDisproved(daily, suspect)) };
    }
    return { inventory: recorded, failure: null };
  } catch (error) {
    return { inventory: recorded, failure: signal.aborted ? null : asFailure(error) };
  }
}

function detailsOf({ snapshotSha256 }: BackupFacts, { tables, findings }: CheckedContents): BackupDetails | null {
  if (tablesFit(tables) && findings.length === 0) return null;
  return { ...noDetails, snapshotSha256, tables: tablesFit(tables) ? null : tables, findings: [...findings] };
}

function markDisproved(daily: StoredDaily, suspect: StoredDaily): StoredDaily {
  return daily.key === suspect.key ? { ...daily, suspectStatus: 'disproved' } : daily;
}
