import { isPlausible } from '../../archives/backup-date.ts';
import type { BackupLayout } from '../../archives/backup-kinds.ts';
import { databaseOf } from '../../archives/choice/database-of.ts';
import { decodeUrl, withoutAddress } from '../../archives/choice/typed-address.ts';
import { type NamedBackup, understand } from '../../archives/choice/understand.ts';
import type { LastVerification } from '../../monitoring/history/history.ts';
import { Failure } from '../../runtime/errors.ts';
import { quoteWords } from '../../runtime/shell-quoting.ts';
import type { Database } from '../../settings/databases.ts';
import type { StoreLocation } from '../../settings/store-location.ts';
import { leastRecentlyVerified } from './due.ts';

export type AskedToVerify =
  | { readonly kind: 'all' }
  | { readonly kind: 'sample'; readonly count: number }
  | { readonly kind: 'named'; readonly typed: string };

type ChooseToVerifyOptions = {
  readonly databases: readonly Database[];
  /** IANA zone of the times that are typed, and of those in names. */
  readonly zone: string;
  readonly layout: Pick<BackupLayout, 'daily' | 'prefix'>;
  readonly location: StoreLocation;
  readonly storeName: string;
  /** What the history of this host knows. */
  readonly verifications: ReadonlyMap<string, LastVerification>;
};

/**
 * Those of `backups` (newest first) that are meant. What `restore` understands is understood; where it takes one of several, here
 * it is each, since each has bytes of its own. A spelling is never corrected. Throws OBJECT_MISSING, ARGUMENT_INVALID.
 */
export function chooseToVerify<B extends NamedBackup>(
  asked: AskedToVerify,
  backups: readonly B[],
  options: ChooseToVerifyOptions,
): readonly B[] {
  const { layout, storeName, verifications } = options;
  if (backups.length === 0) {
    const message = `There is no backup below ${layout.prefix} in ${storeName}.`;
    throw new Failure('OBJECT_MISSING', message, 'Is it the right store, and BACKUP_PREFIX?');
  }
  if (asked.kind === 'named') return chooseNamed(asked.typed, backups, options);
  return leastRecentlyVerified(backups, verifications).slice(0, asked.kind === 'all' ? undefined : asked.count);
}

function chooseNamed<B extends NamedBackup>(
  typed: string,
  backups: readonly B[],
  options: ChooseToVerifyOptions,
): readonly B[] {
  if (typed.toLowerCase() === 'latest') return newestOfEach(backups, options);
  const text = withoutAddress(typed, options.location);
  const decoded = decodeUrl(text);
  for (const form of [text, decoded]) {
    const exact = backups.filter(
      ({ key, kind, name }) => form !== null && [key, name, `${kind}/${name}`].includes(form),
    );
    if (exact.length > 0) return exact;
  }
  const understood = understand(decoded ?? text, backups, { ...options, folder: null });
  switch (understood.kind) {
    case 'several':
      return understood.backups;
    case 'one':
      if (understood.correction) throw misspeltFailure(typed, understood.backup.key);
      return [understood.backup, ...understood.copies];
    case 'latest':
      throw misspeltFailure(typed, 'latest');
    case 'none':
      throw missingFailure(typed, understood.near, options);
  }
}

/** The newest, good or not: whether it is good is what is asked. */
function newestOfEach<B extends NamedBackup>(
  backups: readonly B[],
  { databases, storeName, layout }: ChooseToVerifyOptions,
): readonly B[] {
  const newest = databases.map(({ name }) =>
    backups.find((backup) => isPlausible(backup.date) && databaseOf(backup, databases) === name),
  );
  const without = databases.filter((_, index) => newest[index] === undefined).map(({ name }) => name);
  if (without.length > 0) {
    throw new Failure(
      'OBJECT_MISSING',
      `${storeName} holds no backup of ${without.join(', ')} below ${layout.prefix}.`,
      'Check DATABASE_PATH and BACKUP_PREFIX, or give a name: `nightshift list` shows all.',
    );
  }
  return newest.filter((backup) => backup !== undefined);
}

function misspeltFailure(typed: string, meant: string): Failure {
  const hint = `Did you mean ${command(meant)}? \`nightshift list\` shows all.`;
  return new Failure('ARGUMENT_INVALID', `There is no backup "${typed}".`, hint);
}

function missingFailure(
  typed: string,
  near: readonly NamedBackup[],
  { storeName, layout }: ChooseToVerifyOptions,
): Failure {
  const meant = near.length === 0 ? '' : `Did you mean ${near.map(({ key }) => command(key)).join(' or ')}? `;
  return new Failure(
    'OBJECT_MISSING',
    `${storeName} has no backup "${typed}" below ${layout.prefix}.`,
    `${meant}\`nightshift list\` shows all; \`nightshift verify latest\` takes the newest.`,
  );
}

const command = (word: string) => `\`nightshift verify ${quoteWords([word])}\``;
