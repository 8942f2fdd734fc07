import { fileNameOf } from '../../archives/names.ts';
import type { StoredState } from '../../archives/state/stored-states.ts';
import { localTimestamp } from '../../runtime/clock.ts';
import { Failure } from '../../runtime/errors.ts';

type WantedState = {
  /** As a person typed it; null: the newest. */
  readonly name: string | null;
  /** Names of the databases of DATABASE_PATH. */
  readonly databases: readonly string[];
  readonly zone: string;
};

/** Where they were looked for. */
type SearchedStates = { readonly store: string; readonly folder: string };

const mostListed = 10;

/**
 * The state to bring back, of those in the store, newest first: by its name, key or address, or the newest where only one history
 * is in question. Throws OBJECT_MISSING when there is none, ARGUMENT_INVALID when several hosts have stored theirs.
 */
export function chooseState(
  states: readonly StoredState[],
  { name, databases, zone }: WantedState,
  searched: SearchedStates,
): StoredState {
  if (states.length === 0) throw noneFailure(searched);
  if (name !== null) {
    const found = states.filter(({ key }) => isNamed(key, name));
    if (found[0] !== undefined && found.length === 1) return found[0];
    throw new Failure(
      'OBJECT_MISSING',
      `${searched.store} has no state backup "${name}" below ${searched.folder}.`,
      `There are:\n${listText(states, zone)}`,
    );
  }
  const own = states.filter(({ database }) => databases.includes(database));
  if (own.length === 0) {
    throw new Failure(
      'ARGUMENT_INVALID',
      `${searched.store} has state backups, but none of a host with ${databases.join(' or ')}.`,
      `Set DATABASE_PATH as it was there, or name one: \`nightshift restore --state NAME\`.\n${listText(states, zone)}`,
    );
  }
  const dated = own.filter(({ date }) => date.kind === 'dated');
  const hosts = [...Map.groupBy(dated, historyOf).values()].flatMap(([newest]) => newest ?? []);
  const [only] = hosts;
  if (only !== undefined && hosts.length === 1) return only;
  throw new Failure(
    'ARGUMENT_INVALID',
    hosts.length === 0
      ? 'No state backup has a plausible date, so which is the newest is not known.'
      : `${hosts.length} hosts, or one that began anew, have stored their state for ${databases.join(', ')}: which one is meant?`,
    `Name it: \`nightshift restore --state NAME\`; with --dry-run it shows what is in it.\n${listText(hosts.length === 0 ? own : hosts, zone)}`,
  );
}

const historyOf = ({ facts }: StoredState) => facts?.since?.toString() ?? 'not known';

/** A name with or without its ending, a key, or an address that ends with it. */
function isNamed(key: string, typed: string): boolean {
  const file = fileNameOf(typed);
  return fileNameOf(key) === file || fileNameOf(key).replace(/\.db\..*$/, '') === file;
}

function noneFailure({ store, folder }: SearchedStates): Failure {
  return new Failure(
    'OBJECT_MISSING',
    `${store} has no state backup below ${folder}.`,
    'Check that this is the right store: bucket, region and BACKUP_PREFIX, or a folder whose disk is mounted. A host stores its state with each good backup; without one, `nightshift restore latest` brings back the database alone, and no summary that was due before the start goes out by itself.',
  );
}

/** `  csv_data-state_2025-11-30_080112.db.gz  stored 2025-11-30 08:01:12, of a history since 2025-01-03 02:00:00`, a line each. */
function listText(states: readonly StoredState[], zone: string): string {
  const lines = states.slice(0, mostListed).map(({ key, facts }) => {
    if (facts === null) return `  ${fileNameOf(key)}`;
    const since = facts.since === null ? '' : `, of a history since ${localTimestamp(facts.since, zone)}`;
    return `  ${fileNameOf(key)}  stored ${localTimestamp(facts.takenAt, zone)}${since}`;
  });
  const more = states.length - lines.length;
  return [...lines, ...(more > 0 ? [`  and ${more} older`] : [])].join('\n');
}
