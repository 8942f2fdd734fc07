import type { KnownInstances } from '../monitoring/history/history.ts';
import { localTimestamp } from '../runtime/clock.ts';
import { Failure } from '../runtime/errors.ts';
import { plural } from '../runtime/format.ts';
import type { Inventory, KnownDaily, StoredDaily } from './inventory.ts';
import type { BackupFacts } from './metadata.ts';
import type { StoredBackup } from './stored-backups.ts';

/**
 * Whether another host than this one took a backup: another STATE_DIR, that is. Of one that this host replaced, only what it took
 * since. False where nothing says it: an older nightshift stored the backup, or this host's own STATE_DIR cannot be read.
 */
export function isOfAnotherHost(
  facts: Pick<BackupFacts, 'instance' | 'takenAt'> | null,
  { own, replaced }: KnownInstances,
): boolean {
  if (facts === null || facts.instance === null || own === null || facts.instance === own) return false;
  const acceptedAt = replaced.get(facts.instance);
  return acceptedAt === undefined || Temporal.Instant.compare(facts.takenAt, acceptedAt) > 0;
}

/** This host's own backups of a database, and those that another host took under the same name; both newest first. */
export function splitByHost(
  inventory: Inventory,
  known: KnownInstances,
): { readonly own: Inventory; readonly others: readonly KnownDaily[] } {
  const isOther = (daily: StoredDaily): daily is KnownDaily => isOfAnotherHost(daily.facts, known);
  const dailies = inventory.dailies.filter((daily) => !isOther(daily));
  return { own: { ...inventory, dailies }, others: inventory.dailies.filter(isOther) };
}

/** `another host (web2)`. */
export function otherHostName(facts: Pick<BackupFacts, 'host'> | null): string {
  return facts?.host ? `another host (${facts.host})` : 'another host';
}

/** What is wrong when another host's backups lie among a database's own; null when there are none. Times are in `zone`. */
export function sharedStoreFailure(
  others: readonly Pick<StoredBackup, 'key' | 'facts'>[],
  zone: string,
): Failure | null {
  const [newest] = others;
  if (newest === undefined) return null;
  const when = newest.facts === null ? '' : `, ${localTimestamp(newest.facts.takenAt, zone)}`;
  const more = others.length === 1 ? '' : `, the newest of ${plural(others.length, 'backup')} by other hosts`;
  return new Failure(
    'STORE_SHARED',
    `${newest.key}${when}, was taken by ${otherHostName(newest.facts)}${more}. Nothing is pruned and no copy for longer is made until a person says which it is.`,
    'Two hosts at work: give each a BACKUP_PREFIX of its own. If this host took the place of the other, or lost its STATE_DIR: nightshift accept --replaced-host',
  );
}

/** Why nothing may be pruned when several hosts took a database's backups and this host does not know which it is; else null. */
export function unknownHostFailure(dailies: readonly StoredDaily[], { own }: KnownInstances): Failure | null {
  const hosts = new Map(dailies.flatMap(({ facts }) => (facts?.instance ? [[facts.instance, facts.host]] : [])));
  if (own !== null || hosts.size < 2) return null;
  const names = [...new Set(hosts.values())].filter((host) => host !== null).toSorted();
  const named = names.length === 0 ? '' : ` (${names.join(', ')})`;
  return new Failure(
    'STORE_SHARED',
    `${plural(hosts.size, 'host')}${named} took these backups, and this STATE_DIR does not say which of them is this one. Nothing is pruned and no copy for longer is made.`,
    'Run it with the STATE_DIR of the service, readable to this user. Two hosts at work: give each a BACKUP_PREFIX of its own.',
  );
}
