import { layoutBelow } from '../../archives/backup-kinds.ts';
import { readIdentity } from '../../archives/format/age-identity.ts';
import { sameStoreFailure } from '../../archives/store-identity.ts';
import { noInstances } from '../../monitoring/history/history.ts';
import { missingHistoryWarning, readHistory } from '../../monitoring/history/open-history.ts';
import type { CliContext } from '../../runtime/cli-context.ts';
import { Failure } from '../../runtime/errors.ts';
import { type RestoreSettings, readRestoreSettings } from '../../settings/settings.ts';
import { openStore } from '../../store/open.ts';
import { type ChosenBackup, chooseBackup } from '../choice/choose-backup.ts';
import { picker } from '../choice/pick.ts';
import { backupSource, type RestoreSource } from '../choice/restore-source.ts';
import type { BackupSelector, RestoreOptions } from '../options/restore-options.ts';
import type { RestoreDeps } from './restore-deps.ts';

type WithBackupDeps = Pick<RestoreDeps, 'prompt' | 'out'> & {
  /** Whether the plan shows a person what is going to happen, before it does. */
  readonly isShown: boolean;
};

/** Does `work` with the backup that `selector` means, and the store open. Warns when the store is not the known one. */
export async function withBackup(
  selector: BackupSelector,
  options: RestoreOptions,
  { environment, clock, signal, err }: CliContext,
  { prompt, out, isShown }: WithBackupDeps,
  work: (source: RestoreSource, chosen: ChosenBackup, settings: RestoreSettings) => Promise<void>,
): Promise<void> {
  const settings = readRestoreSettings(environment);
  const identityFile = options.identityFile ?? settings.ageIdentityFile;
  const identity = identityFile === null ? null : await readIdentity(identityFile);
  const { history, failure } = readHistory(settings.stateDir);
  const other = await sameStoreFailure(settings.store, history);
  const verifications = history?.lastVerifications() ?? new Map();
  const instances = history?.instances() ?? noInstances;
  history?.close();
  if (other !== null) err(`WARNING: ${other.message} ${other.hint}\n`);
  const loss =
    failure && missingHistoryWarning(failure, 'Whether this is the store that backups went to is not known.');
  if (loss !== null) err(`${loss}\n`);
  const store = await openStore(settings.store);
  try {
    const { databases, zone } = settings;
    const now = () => store.now(clock);
    const chosen = await chooseBackup(selector, store, {
      databases,
      asked: options.database,
      location: settings.store,
      verifications,
      instances,
      mayCorrect: isShown && !options.yes,
      pick: prompt === null || options.yes ? null : picker({ prompt, out, verifications, instances, zone, now }),
      zone,
      layout: layoutBelow(settings.prefix),
      now,
      signal,
    });
    await work(backupSource(chosen, { store, identity, clock, zone, instances }), chosen, settings);
    if (options.dryRun && identity === null && chosen.key.endsWith('.age')) throw keyMissing(chosen.key);
  } finally {
    store.close();
  }
}

function keyMissing(key: string): Failure {
  return new Failure(
    'ARCHIVE_IDENTITY_MISSING',
    `${key} is encrypted, and no key was given: it will be refused without --identity.`,
    'Give the age key file with --identity, or BACKUP_AGE_IDENTITY. Nothing was done (--dry-run).',
  );
}
