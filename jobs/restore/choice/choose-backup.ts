import { keyOf, locateKey } from '../../archives/names.ts';
import { describeBackup, type ReadOptions, readBackups, type StoredBackup } from '../../archives/stored-backups.ts';
import { Failure } from '../../runtime/errors.ts';
import { plural } from '../../runtime/format.ts';
import type { Database } from '../../settings/databases.ts';
import type { ObjectStore } from '../../store/store.ts';
import type { BackupSelector } from '../options/restore-options.ts';
import { candidatesFor, databaseOf, targetDatabase } from './candidates.ts';

/** A backup in the store, and the database it goes to. */
export type ChosenBackup = Omit<StoredBackup, 'database' | 'problem'> & {
  readonly database: Database;
  /** The database's name in the key; null when the name does not say it. */
  readonly madeFrom: string | null;
  /** Newer ones that were not taken, and why. */
  readonly passedOver: readonly string[];
};

type ChooseBackupOptions = ReadOptions & {
  readonly databases: readonly Database[];
  readonly asked: string | null;
};

/** Finds the backup that `selector` means. Throws OBJECT_MISSING, ARGUMENT_INVALID or a STORE_ failure. */
export async function chooseBackup(
  selector: BackupSelector,
  store: ObjectStore,
  options: ChooseBackupOptions,
): Promise<ChosenBackup> {
  if (selector.kind === 'file') return chosen(await findFile(selector, store, options), [], options);
  const { databases, asked, zone, layout } = options;
  const database = targetDatabase(null, asked, databases);
  const backups = await readBackups(store, layout.kinds, '', options);
  const passedOver = misdatedOf(backups, database, databases);
  let suspect: StoredBackup | null = null;
  let changed: StoredBackup | null = null;
  for (const backup of candidatesFor(selector, database, backups, databases, zone)) {
    const { key, bytes, isChanged, suspectStatus, facts, problem } = backup;
    if (problem !== null) passedOver.push(`skipped ${key}, which could not be read: ${problem.message}`);
    else if (bytes === 0) passedOver.push(`skipped ${key}, which has 0 bytes`);
    else if (isChanged) {
      passedOver.push(`skipped ${key}, which changed since it was stored`);
      changed ??= backup;
    } else if (suspectStatus === null || suspectStatus === 'accepted') return chosen(backup, passedOver, options);
    else {
      passedOver.push(`skipped ${key}, which is suspect: ${facts?.suspect}`);
      suspect ??= backup;
    }
  }
  const lastResort = suspect ?? changed;
  if (lastResort !== null) {
    const others = passedOver.filter((line) => !line.startsWith(`skipped ${lastResort.key},`));
    return chosen(lastResort, others, options);
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

async function findFile(
  { name, folder }: BackupSelector & { kind: 'file' },
  store: ObjectStore,
  options: ChooseBackupOptions,
): Promise<StoredBackup> {
  const { kinds } = options.layout;
  const asked = kinds.filter((kind) => folder === null || kind.name === folder);
  const keys = locateKey(name, kinds) !== null ? [name] : asked.map((kind) => keyOf(name, kind, kinds));
  const heads = await Promise.all(keys.map((key) => store.head(key, options.signal)));
  const described = await Promise.all(
    heads.map((head) => (head === null ? null : describeBackup(store, head, options))),
  );
  const found = described.filter((backup) => backup !== null);
  const [backup] = found;
  if (backup !== undefined && found.length === 1) return backup;
  if (found.length > 1) {
    throw new Failure(
      'ARGUMENT_INVALID',
      `Several backups are named ${name}: ${found.map(({ kind }) => kind).join(' and ')}.`,
      `Say which: ${found.map(({ kind }) => `\`nightshift restore ${name} ${kind}\``).join(' or ')}.`,
    );
  }
  throw new Failure(
    'OBJECT_MISSING',
    `${store.name} has no ${keys.join(' and no ')}.`,
    'Copy its name and kind from `nightshift list`.',
  );
}

function chosen(
  backup: StoredBackup,
  passedOver: readonly string[],
  { databases, asked }: ChooseBackupOptions,
): ChosenBackup {
  const madeFrom = databaseOf(backup, databases);
  return { ...backup, database: targetDatabase(madeFrom, asked, databases), madeFrom, passedOver };
}
