import pMap from 'p-map';
import type { ListedObject, ObjectStore } from '../../store/store.ts';
import { type BackupDate, backupDateOf } from '../backup-date.ts';
import type { RunKind } from '../backup-kinds.ts';
import { type StateFacts, stateFactsOf } from './state-facts.ts';
import { parseStateKey } from './state-names.ts';

/** A state backup in the store. */
export type StoredState = ListedObject & {
  /** The database that its name has. */
  readonly database: string;
  /** Null where its metadata is not there or cannot be read. */
  readonly facts: StateFacts | null;
  readonly date: BackupDate;
};

type ReadStatesOptions = {
  /** IANA zone that reads the local times in names. */
  readonly zone: string;
  readonly now: () => Temporal.Instant;
  readonly signal: AbortSignal;
};

/** How many are kept of one host. */
export const statesKept = 20;
const concurrentHeads = 8;

/** Every state backup below a prefix, newest first; those without a plausible date last. Throws the STORE_ failure of the listing. */
export async function readStates(
  store: ObjectStore,
  folder: RunKind,
  prefix: string,
  { zone, now, signal }: ReadStatesOptions,
): Promise<StoredState[]> {
  const listed = await store.list(prefix, signal);
  const own = listed.flatMap((object) => {
    const name = parseStateKey(folder, object.key);
    return name === null ? [] : [{ object, database: name.database }];
  });
  const states = await pMap(
    own,
    async ({ object, database }) => {
      const facts = await factsOf(store, object.key, signal);
      return { ...object, database, facts, date: backupDateOf({ ...object, facts }, zone, now(), [folder]) };
    },
    { concurrency: concurrentHeads },
  );
  return states.toSorted((a, b) => Temporal.Instant.compare(sortInstant(b), sortInstant(a)));
}

async function factsOf(store: ObjectStore, key: string, signal: AbortSignal): Promise<StateFacts | null> {
  try {
    const head = await store.head(key, signal);
    return head === null ? null : stateFactsOf(head.metadata);
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

const longAgo = Temporal.Instant.fromEpochMilliseconds(0);
const sortInstant = ({ date }: StoredState) => (date.kind === 'dated' ? date.takenAt : longAgo);

/** Whether two histories are one that goes on, by when they began. */
export function isSameHistory(a: Temporal.Instant | null, b: Temporal.Instant | null): boolean {
  return a !== null && b !== null && a.equals(b);
}

/**
 * Keys to remove: of the history that began at `since`, all but the newest 20. What another host stored stays, and what is not known:
 * it may be the only record of a host that is gone.
 */
export function statesToRemove(states: readonly StoredState[], since: Temporal.Instant | null): string[] {
  const own = states.filter(({ facts, date }) => date.kind === 'dated' && isSameHistory(facts?.since ?? null, since));
  return own.slice(statesKept).map(({ key }) => key);
}
