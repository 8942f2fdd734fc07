import type { BackupLayout } from '../../archives/backup-kinds.ts';
import { databaseOf } from '../../archives/choice/database-of.ts';
import { isOfAnotherHost, otherHostName } from '../../archives/instances.ts';
import type { StoredBackup } from '../../archives/stored-backups.ts';
import type { KnownInstances, LastVerification } from '../../monitoring/history/history.ts';
import { Failure } from '../../runtime/errors.ts';
import { plural } from '../../runtime/format.ts';
import type { Database } from '../../settings/databases.ts';
import type { ObjectStore } from '../../store/store.ts';
import type { BackupSelector } from '../options/restore-options.ts';
import { candidatesFor, targetDatabase } from './candidates.ts';

type ChooseNewestOptions = {
  readonly databases: readonly Database[];
  readonly asked: string | null;
  readonly zone: string;
  readonly layout: Pick<BackupLayout, 'prefix'>;
  /** What the history of this host knows. */
  readonly verifications: ReadonlyMap<string, LastVerification>;
  readonly instances: KnownInstances;
};

/**
 * The newest good one of `backups` (newest first) that serves `selector`, and why newer ones were not taken. A suspect one, then one
 * of another host, then one that changed or did not verify, where there is no other. Throws OBJECT_MISSING, ARGUMENT_INVALID.
 */
export function chooseNewest(
  selector: Extract<BackupSelector, { kind: 'latest' | 'at' }>,
  backups: readonly StoredBackup[],
  store: Pick<ObjectStore, 'name'>,
  { databases, asked, zone, layout, verifications, instances }: ChooseNewestOptions,
): { readonly backup: StoredBackup; readonly remarks: readonly string[] } {
  const database = targetDatabase(null, asked, databases);
  const passedOver = misdatedOf(backups, database, databases);
  let suspect: StoredBackup | null = null;
  let doubtful: StoredBackup | null = null;
  let ofOther: StoredBackup | null = null;
  for (const backup of candidatesFor(selector, database, backups, databases, zone)) {
    const { key, bytes, isChanged, suspectStatus, facts, problem } = backup;
    if (problem !== null) passedOver.push(`skipped ${key}, which could not be read: ${problem.message}`);
    else if (bytes === 0) passedOver.push(`skipped ${key}, which has 0 bytes`);
    else if (isChanged) {
      passedOver.push(`skipped ${key}, which changed since it was stored`);
      doubtful ??= backup;
    } else if (verifications.get(key)?.result === 'failed') {
      passedOver.push(`skipped ${key}, which did not verify when it was last read back`);
      doubtful ??= backup;
    } else if (isOfAnotherHost(facts, instances)) {
      passedOver.push(`skipped ${key}, which ${otherHostName(facts)} took`);
      ofOther ??= backup;
    } else if (suspectStatus === null || suspectStatus === 'accepted') return { backup, remarks: passedOver };
    else {
      passedOver.push(`skipped ${key}, which is suspect: ${facts?.suspect}`);
      suspect ??= backup;
    }
  }
  const lastResort = suspect ?? ofOther ?? doubtful;
  if (lastResort !== null) {
    const remarks = passedOver.filter((line) => !line.startsWith(`skipped ${lastResort.key},`));
    return { backup: lastResort, remarks };
  }
  const what = selector.kind === 'at' ? ` from before the end of ${selector.asked}` : '';
  throw new Failure(
    'OBJECT_MISSING',
    `${store.name} holds no backup of ${database.name}${what}${passedOver.length > 0 ? ` (${passedOver.join('; ')})` : ''}.`,
    `See what there is with \`nightshift list\`; check that this is the right store: bucket, region and BACKUP_PREFIX (${layout.prefix}), or a folder whose disk is mounted.`,
  );
}

function misdatedOf(backups: readonly StoredBackup[], database: Database, databases: readonly Database[]): string[] {
  const misdated = backups.filter(
    (backup) => backup.date.kind === 'misdated' && databaseOf(backup, databases) === database.name,
  );
  if (misdated.length === 0) return [];
  return [`not considered: ${plural(misdated.length, 'misdated backup')}, see \`nightshift list\``];
}
