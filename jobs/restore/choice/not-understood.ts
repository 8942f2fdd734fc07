import type { StoredBackup } from '../../archives/stored-backups.ts';
import { Failure } from '../../runtime/errors.ts';
import { quoteWords } from '../../runtime/shell-quoting.ts';

type NamedObject = Pick<StoredBackup, 'name' | 'kind'>;

const mostNamed = 5;

/** The store, and what keys in it begin with (BACKUP_PREFIX). */
type SearchedStore = { readonly name: string; readonly prefix: string };

/** The OBJECT_MISSING of a text that no backup fits; `near`: those that are most like it. */
export function missingFailure(typed: string, store: SearchedStore, near: readonly NamedObject[]): Failure {
  const isSafetyCopy = /\.(?:backup|rejected)-\d{4}-\d\d-\d\d_\d{6}$/.exec(typed) !== null;
  const instead = isSafetyCopy ? `That is the name of a safety copy: ${command(['--undo', typed])}. ` : '';
  const meant = near.length === 0 ? '' : `Did you mean ${commands(near)}? `;
  return new Failure(
    'OBJECT_MISSING',
    `${store.name} has no backup "${typed}" below ${store.prefix}.`,
    `${instead}${meant}\`nightshift list\` shows all; \`nightshift restore latest\` takes the newest good one.`,
  );
}

/** The OBJECT_MISSING of a store in which there is nothing to pick from. */
export function noneFailure({ name, prefix }: SearchedStore): Failure {
  return new Failure(
    'OBJECT_MISSING',
    `${name} holds no backup below ${prefix}.`,
    'Check that this is the right store: bucket, region and BACKUP_PREFIX, or a folder whose disk is mounted.',
  );
}

/** The ARGUMENT_INVALID of a text that several backups fit. */
export function severalFailure(
  typed: string,
  { backups, what }: { readonly backups: readonly NamedObject[]; readonly what: string },
): Failure {
  return new Failure('ARGUMENT_INVALID', `"${typed}" is ${what}.`, `Say which: ${commands(backups)}.`);
}

/** The ARGUMENT_INVALID of a misspelt text where nobody would see the correction. */
export function correctionFailure(typed: string, meant: string): Failure {
  return new Failure(
    'ARGUMENT_INVALID',
    `There is no backup "${typed}".`,
    `Did you mean ${command(meant.split(' '))}? \`nightshift list\` shows all.`,
  );
}

function commands(backups: readonly NamedObject[]): string {
  const named = backups.slice(0, mostNamed).map(({ name, kind }) => command([name, kind]));
  const more = backups.length - named.length;
  return [...named, ...(more > 0 ? [`one of ${more} more`] : [])].join(' or ');
}

const command = (words: readonly string[]) => `\`nightshift restore ${quoteWords(words)}\``;
