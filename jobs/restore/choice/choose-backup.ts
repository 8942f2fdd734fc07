import { databaseOf } from '../../archives/choice/database-of.ts';
import { decodeUrl, withoutAddress } from '../../archives/choice/typed-address.ts';
import { understand } from '../../archives/choice/understand.ts';
import { keyNamed, locateKey } from '../../archives/names.ts';
import { describeBackup, type ReadOptions, readBackups, type StoredBackup } from '../../archives/stored-backups.ts';
import type { KnownInstances, LastVerification } from '../../monitoring/history/history.ts';
import { Failure } from '../../runtime/errors.ts';
import type { Database } from '../../settings/databases.ts';
import type { StoreLocation } from '../../settings/store-location.ts';
import type { ObjectStore } from '../../store/store.ts';
import type { BackupSelector } from '../options/restore-options.ts';
import { targetDatabase } from './candidates.ts';
import { chooseNewest } from './choose-newest.ts';
import { correctionFailure, missingFailure, noneFailure, severalFailure } from './not-understood.ts';

/** A backup in the store, and the database it goes to. */
export type ChosenBackup = Omit<StoredBackup, 'database' | 'problem'> & {
  readonly database: Database;
  /** The database's name in the key; null when the name does not say it. */
  readonly madeFrom: string | null;
  /** What was not taken and why, and what was understood of what was typed. */
  readonly choiceRemarks: readonly string[];
};

/** Lets a person pick one of these, or type what else is meant. `problem`: what became of the last answer. */
export type PickBackup = (
  offered: readonly StoredBackup[],
  problem: Failure | null,
) => Promise<StoredBackup | BackupSelector>;

export type ChooseBackupOptions = ReadOptions & {
  readonly databases: readonly Database[];
  readonly asked: string | null;
  readonly location: StoreLocation;
  /** What the history of this host knows. */
  readonly verifications: ReadonlyMap<string, LastVerification>;
  readonly instances: KnownInstances;
  /** Whether a misspelt name may be corrected: a person sees it before anything happens. */
  readonly mayCorrect: boolean;
  /** Null when there is nobody to pick. */
  readonly pick: PickBackup | null;
};

/** Finds the backup that `selector` means. Throws OBJECT_MISSING, ARGUMENT_INVALID, RESTORE_DECLINED or a STORE_ failure. */
export async function chooseBackup(
  selector: BackupSelector,
  store: ObjectStore,
  options: ChooseBackupOptions,
): Promise<ChosenBackup> {
  const { backup, remarks } =
    selector.kind === 'file'
      ? await chooseNamed(selector, store, options)
      : await chooseUnnamed(selector, store, options);
  const { databases, asked } = options;
  const madeFrom = databaseOf(backup, databases);
  return { ...backup, database: targetDatabase(madeFrom, asked, databases), madeFrom, choiceRemarks: remarks };
}

type Choice = { readonly backup: StoredBackup; readonly remarks: readonly string[] };

async function chooseUnnamed(
  selector: Exclude<BackupSelector, { kind: 'file' }>,
  store: ObjectStore,
  options: ChooseBackupOptions,
): Promise<Choice> {
  const backups = await readBackups(store, options.layout.kinds, '', options);
  return selector.kind === 'pick' ? pickFrom(backups, store, options) : chooseNewest(selector, backups, store, options);
}

async function chooseNamed(
  selector: BackupSelector & { kind: 'file' },
  store: ObjectStore,
  options: ChooseBackupOptions,
): Promise<Choice> {
  const { name: typed, folder } = selector;
  const text = withoutAddress(typed, options.location);
  const decoded = decodeUrl(text);
  for (const form of decoded === null ? [text] : [text, decoded]) {
    const backup = await findExact(form, folder, store, options);
    if (backup === null) continue;
    const isOther = folder !== null && backup.kind !== folder;
    return { backup, remarks: form === typed && !isOther ? [] : [`"${typed}" is ${backup.key}`] };
  }
  const { databases, asked, zone, layout, pick, mayCorrect } = options;
  const backups = await readBackups(store, options.layout.kinds, '', options);
  const own = asked === null ? databases : [targetDatabase(null, asked, databases)];
  const understood = understand(decoded ?? text, backups, { folder, databases: own, zone, layout });
  if (understood.kind === 'latest') {
    if (!mayCorrect) throw correctionFailure(typed, folder === null ? 'latest' : `latest ${folder}`);
    const { backup, remarks } = await chooseNewest({ kind: 'latest', folder }, backups, store, options);
    return { backup, remarks: [`"${typed}" was taken for latest`, ...remarks] };
  }
  if (understood.kind === 'several') {
    if (pick === null) throw severalFailure(typed, understood);
    return pickFrom(understood.backups, store, options);
  }
  if (understood.kind === 'none')
    throw missingFailure(typed, { name: store.name, prefix: layout.prefix }, understood.near);
  const { backup, how, correction } = understood;
  if (correction && !mayCorrect) throw correctionFailure(typed, `${backup.name} ${backup.kind}`);
  return { backup, remarks: [`"${typed}" is ${how}`] };
}

/** Offers them until one is picked, or something else is typed that is understood. */
async function pickFrom(
  offered: readonly StoredBackup[],
  store: ObjectStore,
  options: ChooseBackupOptions,
): Promise<Choice> {
  const { pick, asked, databases } = options;
  if (pick === null) throw new Error('nobody is there to pick a backup');
  const own = offered.filter((backup) => asked === null || [asked, null].includes(databaseOf(backup, databases)));
  if (own.length === 0) throw noneFailure({ name: store.name, prefix: options.layout.prefix });
  let problem: Failure | null = null;
  for (;;) {
    try {
      const answer: Awaited<ReturnType<PickBackup>> = await pick(own, problem);
      if ('key' in answer) return { backup: answer, remarks: [] };
      return answer.kind === 'file'
        ? await chooseNamed(answer, store, options)
        : await chooseUnnamed(answer, store, options);
    } catch (error) {
      const isNotUnderstood = error instanceof Failure && ['ARGUMENT_INVALID', 'OBJECT_MISSING'].includes(error.code);
      if (!isNotUnderstood) throw error;
      problem = error;
    }
  }
}

/** The backup of exactly that key or name; null when there is none. Throws ARGUMENT_INVALID when several kinds have it. */
async function findExact(
  name: string,
  folder: string | null,
  store: ObjectStore,
  options: ReadOptions,
): Promise<StoredBackup | null> {
  const { kinds } = options.layout;
  const asked = kinds.filter((kind) => folder === null || kind.name === folder);
  const below = kinds.flatMap((kind) =>
    name.startsWith(`${kind.name}/`) ? (keyNamed(name.slice(kind.name.length + 1), kind, kinds) ?? []) : [],
  );
  const named = asked.flatMap((kind) => keyNamed(name, kind, kinds) ?? []);
  const keys = locateKey(name, kinds) !== null ? [name] : [...named, ...below];
  const heads = await Promise.all(keys.map((key) => store.head(key, options.signal)));
  const described = await Promise.all(
    heads.map((head) => (head === null ? null : describeBackup(store, head, options))),
  );
  const found = described.filter((backup) => backup !== null);
  if (found.length <= 1) return found[0] ?? null;
  throw new Failure(
    'ARGUMENT_INVALID',
    `Several backups are named ${name}: ${found.map(({ kind }) => kind).join(' and ')}.`,
    `Say which: ${found.map((backup) => `\`nightshift restore ${backup.name} ${backup.kind}\``).join(' or ')}.`,
  );
}
