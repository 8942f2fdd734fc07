import { type BackupFacts, factsOf } from '../../backup/stored/metadata.ts';
import { dailyPrefix, keyOf, weeklyPrefix } from '../../backup/stored/names.ts';
import { Failure } from '../../platform/errors.ts';
import type { Database } from '../../platform/settings.ts';
import type { ObjectStore, StoredObject } from '../../platform/store/store.ts';
import { candidatesOf, databaseOf, fitting, targetOf } from './choose.ts';
import type { Wish } from './request.ts';

/** A backup in the store, and the database it goes to. */
export type ChosenBackup = {
  readonly key: string;
  readonly bytes: number;
  readonly storedAt: Temporal.Instant;
  readonly facts: BackupFacts | null;
  readonly database: Database;
  /** The database's name in the key; null when the name does not say it. */
  readonly madeFrom: string | null;
  /** Newer ones that were not taken, and why. */
  readonly passedOver: readonly string[];
};

type Options = {
  readonly databases: readonly Database[];
  readonly asked: string | null;
  readonly zone: string;
  /** Suspect backups that a person accepted. */
  readonly accepted: ReadonlySet<string>;
  readonly signal: AbortSignal;
};

/** Finds the backup that `wish` means. Throws OBJECT_MISSING, ARGUMENT_INVALID or a STORE_ failure. */
export async function chooseBackup(wish: Wish, store: ObjectStore, options: Options): Promise<ChosenBackup> {
  if (wish.kind === 'file') return chosen(await findFile(wish, store, options.signal), [], options);
  const { databases, asked, zone, accepted, signal } = options;
  const database = targetOf(null, asked, databases);
  const objects = [...(await store.list(dailyPrefix, signal)), ...(await store.list(weeklyPrefix, signal))];
  const passedOver: string[] = [];
  let fallback: StoredObject | null = null;
  for (const { key } of fitting(wish, database, candidatesOf(objects, zone), databases, zone)) {
    const object = await store.head(key, signal);
    if (object === null) continue;
    const suspect = factsOf(object.metadata)?.suspect ?? null;
    if (suspect === null || accepted.has(key)) return chosen(object, passedOver, options);
    passedOver.push(`passed over ${key}, which is suspect: ${suspect}`);
    fallback ??= object;
  }
  if (fallback !== null) return chosen(fallback, [], options);
  const what = wish.kind === 'at' ? `from before the end of ${wish.asked}` : 'yet';
  throw new Failure(
    'OBJECT_MISSING',
    `${store.name} holds no backup of ${database.name} ${what}.`,
    'See what there is with `nightshift list`; check bucket and region.',
  );
}

async function findFile(
  { name, folder }: Wish & { kind: 'file' },
  store: ObjectStore,
  signal: AbortSignal,
): Promise<StoredObject> {
  const folders = folder === null ? (['daily', 'weekly'] as const) : ([folder] as const);
  const keys = name.startsWith('sqlite-backups/') ? [name] : folders.map((one) => keyOf(name, one));
  const found = (await Promise.all(keys.map((key) => store.head(key, signal)))).filter((object) => object !== null);
  const [object] = found;
  if (object !== undefined && found.length === 1) return object;
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

function chosen(object: StoredObject, passedOver: readonly string[], { databases, asked }: Options): ChosenBackup {
  const { key, bytes, modified, metadata } = object;
  const madeFrom = databaseOf(key, databases);
  const database = targetOf(madeFrom, asked, databases);
  return { key, bytes, storedAt: modified, facts: factsOf(metadata), database, madeFrom, passedOver };
}
