import { isPlausible } from '../../archives/backup-date.ts';
import { databaseOf } from '../../archives/choice/database-of.ts';
import type { StoredBackup } from '../../archives/stored-backups.ts';
import { Failure } from '../../runtime/errors.ts';
import type { Database } from '../../settings/databases.ts';
import type { BackupSelector } from '../options/restore-options.ts';

type Candidate = Pick<StoredBackup, 'key' | 'kind' | 'database' | 'date'>;

/**
 * What can serve `selector` for a database, the best first: of `backups` (newest first) its own, without misdated ones. One that
 * nothing dates comes after all that are dated; it was taken before it was stored. Empty when nothing can.
 */
export function candidatesFor<B extends Candidate>(
  selector: Extract<BackupSelector, { kind: 'latest' | 'at' }>,
  database: Database,
  backups: readonly B[],
  databases: readonly Database[],
  zone: string,
): B[] {
  const own = backups.filter((backup) => databaseOf(backup, databases) === database.name);
  const plausible = own.filter(({ date }) => isPlausible(date));
  if (selector.kind === 'latest')
    return plausible.filter(({ kind }) => selector.folder === null || kind === selector.folder);
  const until = selector.until.toZonedDateTime(zone).toInstant();
  const takenBefore = ({ date }: B) => (date.kind === 'dated' ? date.takenAt : date.storedAt);
  return plausible.filter((backup) => Temporal.Instant.compare(takenBefore(backup), until) < 0);
}

/** The database to restore into. Throws ARGUMENT_INVALID when that is not certain. */
export function targetDatabase(named: string | null, asked: string | null, databases: readonly Database[]): Database {
  const known = databases.map(({ name }) => name).join(', ');
  const wanted = asked ?? named ?? (databases.length === 1 ? databases[0]?.name : undefined);
  const found = databases.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  if (wanted === undefined) {
    throw new Failure(
      'ARGUMENT_INVALID',
      `DATABASE_PATH names several databases (${known}), and it is not clear which one is meant.`,
      `Add --database NAME, such as --database ${databases[0]?.name}.`,
    );
  }
  throw new Failure(
    'ARGUMENT_INVALID',
    asked === null
      ? `The backup is of a database called ${wanted}; DATABASE_PATH names ${known}.`
      : `DATABASE_PATH has no database called ${wanted}; it names ${known}.`,
    asked === null
      ? `Choose another backup, or add --database NAME to restore it into that one anyway.`
      : `Choose one of: ${known}.`,
  );
}
