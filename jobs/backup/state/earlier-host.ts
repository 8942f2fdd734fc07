import { layoutBelow } from '../../archives/backup-kinds.ts';
import { parseDailyKey } from '../../archives/names.ts';
import { stateFolder, stateKeysOf } from '../../archives/state/state-names.ts';
import { isSameHistory, readStates } from '../../archives/state/stored-states.ts';
import type { History } from '../../monitoring/history/history.ts';
import { type Clock, localTimestamp } from '../../runtime/clock.ts';
import { asFailure, Failure } from '../../runtime/errors.ts';
import { plural } from '../../runtime/format.ts';
import { failureText, type Log } from '../../runtime/log.ts';
import type { Database } from '../../settings/databases.ts';
import type { BackupSettings } from '../../settings/settings.ts';
import type { ObjectStore } from '../../store/store.ts';

export type EarlierHostDeps = {
  readonly settings: Pick<BackupSettings, 'prefix' | 'zone'>;
  readonly store: ObjectStore;
  readonly history: Pick<History, 'newestGood' | 'firstStart'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
};

/**
 * Says before this host's first good backup that the store has what an earlier host knew. A store that does not show it costs no
 * backup. Throws AbortError.
 */
export async function warnOfEarlierState(database: Database, deps: EarlierHostDeps): Promise<void> {
  if (deps.history.newestGood(database.name) !== null) return;
  try {
    await findEarlierState(database, deps);
  } catch (error) {
    deps.signal.throwIfAborted();
    deps.log.line(`whether the store has the state of an earlier host is not known. ${failureText(asFailure(error))}`);
  }
}

async function findEarlierState({ name }: Database, deps: EarlierHostDeps): Promise<void> {
  const { settings, store, history, clock, log, signal } = deps;
  const { zone } = settings;
  const folder = stateFolder(layoutBelow(settings.prefix));
  const states = await readStates(store, folder, stateKeysOf(folder, name), {
    zone,
    now: () => store.now(clock),
    signal,
  });
  const newest = states.find(({ facts }) => !isSameHistory(facts?.since ?? null, history.firstStart()));
  if (newest === undefined) return;
  const when = newest.facts === null ? '' : `, stored ${localTimestamp(newest.facts.takenAt, zone)}`;
  log.line(
    `this STATE_DIR has no good backup of ${name} on record, and the store has the state of an earlier host, or of before it was lost (${newest.key}${when}): its history, what was accepted, who got which summary. To bring it back, stop both services, then: nightshift restore --state`,
  );
}

const lookMs = 10_000;

/** The failure of a database that is not there, with what the store has of it: this may be a new host. Anything else as it is. */
export async function withStoredBackups(error: unknown, { name }: Database, deps: EarlierHostDeps): Promise<unknown> {
  const isAbsent = error instanceof Failure && ['DATABASE_MISSING', 'DATABASE_EMPTY'].includes(error.code);
  if (!isAbsent || deps.history.newestGood(name) !== null) return error;
  const stored = await newestStored(name, deps).catch(() => null);
  if (stored === null) return error;
  const { code, message, hint } = error;
  const found = `The store has ${plural(stored.count, 'backup')} of ${name}, the newest ${stored.newest}; nothing of them was changed.`;
  const how = 'On a new host: `nightshift restore --state`, then `nightshift restore latest`.';
  return new Failure(code, `${message} ${found}`, `${hint} ${how}`, error);
}

async function newestStored(name: string, { settings, store, signal }: EarlierHostDeps) {
  const { daily } = layoutBelow(settings.prefix);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(lookMs)]);
  const keys = (await store.list(`${daily.prefix}${name}_`, limit)).map(({ key }) => key);
  const own = keys.filter((key) => parseDailyKey(daily, key)?.database === name).toSorted();
  const newest = own.at(-1);
  return newest === undefined ? null : { count: own.length, newest };
}
