import { describeBackup, type ReadOptions, readBackups, type StoredBackup } from '../../archives/backups.ts';
import { keyOf, placeOf } from '../../archives/names.ts';
import { Failure } from '../../runtime/errors.ts';
import { plural } from '../../runtime/format.ts';
import type { Database } from '../../settings/settings.ts';
import type { ObjectStore } from '../../store/store.ts';
import { databaseOf, fitting, targetOf } from './choose.ts';
import type { Wish } from './request.ts';

/** A backup in the store, and the database it goes to. */
export type ChosenBackup = Omit<StoredBackup, 'database' | 'problem'> & {
  readonly database: Database;
  /** The database's name in the key; null when the name does not say it. */
  readonly madeFrom: string | null;
  /** Newer ones that were not taken, and why. */
  readonly passedOver: readonly string[];
};

type Options = ReadOptions & {
  readonly databases: readonly Database[];
  readonly asked: string | null;
};

/** Finds the backup that `wish` means. Throws OBJECT_MISSING, ARGUMENT_INVALID or a STORE_ failure. */
export async function chooseBackup(wish: Wish, store: ObjectStore, options: Options): Promise<ChosenBackup> {
  if (wish.kind === 'file') return chosen(await findFile(wish, store, options), [], options);
  const { databases, asked, zone } = options;
  const database = targetOf(null, asked, databases);
  const backups = await readBackups(store, ['daily', 'weekly'], '', options);
  const passedOver = misdatedOf(backups, database, databases);
  let suspect: StoredBackup | null = null;
  for (const backup of fitting(wish, database, backups, databases, zone)) {
    const { key, bytes, standing, facts, problem } = backup;
    if (problem !== null) passedOver.push(`passed over ${key}, which could not be looked at: ${problem.message}`);
    else if (bytes === 0) passedOver.push(`passed over ${key}, which has 0 bytes`);
    else if (standing === null || standing === 'accepted') return chosen(backup, passedOver, options);
    else {
      passedOver.push(`passed over ${key}, which is suspect: ${facts?.suspect}`);
      suspect ??= backup;
    }
  }
  if (suspect !== null) return chosen(suspect, [], options);
  const what = wish.kind === 'at' ? ` from before the end of ${wish.asked}` : '';
  throw new Failure(
    'OBJECT_MISSING',
    `${store.name} holds no backup of ${database.name}${what}${passedOver.length > 0 ? ` (${passedOver.join('; ')})` : ''}.`,
    'See what there is with `nightshift list`; check that this is the right store: bucket and region, or a folder whose disk is mounted.',
  );
}

function misdatedOf(backups: readonly StoredBackup[], database: Database, databases: readonly Database[]): string[] {
  const misdated = backups.filter(
    ({ key, dating }) => dating.kind === 'misdated' && databaseOf(key, databases) === database.name,
  );
  if (misdated.length === 0) return [];
  return [`not considered: ${plural(misdated.length, 'misdated backup')}, see \`nightshift list\``];
}

async function findFile(
  { name, folder }: Wish & { kind: 'file' },
  store: ObjectStore,
  options: Options,
): Promise<StoredBackup> {
  const folders = folder === null ? (['daily', 'weekly'] as const) : ([folder] as const);
  const keys = placeOf(name) !== null ? [name] : folders.map((one) => keyOf(name, one));
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
      `${name} is there as a daily and as a weekly backup.`,
      `Say which: \`nightshift restore ${name} daily\` or \`… weekly\`.`,
    );
  }
  throw new Failure(
    'OBJECT_MISSING',
    `${store.name} has no ${keys.join(' and no ')}.`,
    'Copy the name from `nightshift list`, and say daily or weekly as it does.',
  );
}

function chosen(backup: StoredBackup, passedOver: readonly string[], { databases, asked }: Options): ChosenBackup {
  const madeFrom = databaseOf(backup.key, databases);
  return { ...backup, database: targetOf(madeFrom, asked, databases), madeFrom, passedOver };
}
