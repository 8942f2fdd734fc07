import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { layoutBelow } from '../../archives/backup-kinds.ts';
import { readIdentity } from '../../archives/format/age-identity.ts';
import { archiveEnding, writeArchive } from '../../archives/format/archive.ts';
import { readBack } from '../../archives/format/read-back.ts';
import { packState, type StateOrigin } from '../../archives/state/state-archive.ts';
import { type StateFacts, stateMetadataOf } from '../../archives/state/state-facts.ts';
import { stateFolder, stateKey, stateKeysOf } from '../../archives/state/state-names.ts';
import { readStates, statesKept, statesToRemove } from '../../archives/state/stored-states.ts';
import { requireSameStore } from '../../archives/store-identity.ts';
import type { History } from '../../monitoring/history/history.ts';
import type { Clock } from '../../runtime/clock.ts';
import { asFailure, Failure } from '../../runtime/errors.ts';
import { failureText, type Log } from '../../runtime/log.ts';
import { noBar } from '../../runtime/progress.ts';
import type { Database } from '../../settings/databases.ts';
import type { BackupSettings } from '../../settings/settings.ts';
import { requireStaging } from '../../sqlite/snapshot/disk-space.ts';
import type { ObjectStore } from '../../store/store.ts';
import { collectState } from './collect-state.ts';

export type StoreStateDeps = {
  readonly settings: Pick<
    BackupSettings,
    'store' | 'prefix' | 'stateDir' | 'zone' | 'compression' | 'ageRecipients' | 'ageIdentityFile' | 'databases'
  >;
  readonly store: ObjectStore;
  readonly history: Pick<History, 'newestGood' | 'firstStart' | 'storeId' | 'recordStateBackup'>;
  /** Takes copies of the files; made, and removed at the end. */
  readonly stagingFolder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
};

const removeTimeoutMs = 5000;

/**
 * Stores the state of this host beside the backups of `database`, reads it back, and removes older ones. What fails is recorded and
 * logged, and costs no backup; it throws nothing. A host that has no good backup yet has no state worth keeping: its own would
 * hide that of the host before it.
 */
export async function storeState(database: Database, deps: StoreStateDeps): Promise<void> {
  const { settings, history, clock, log, signal } = deps;
  try {
    if (settings.databases.every(({ name }) => history.newestGood(name) === null)) return;
    const { key, problems } = await collectAndStore(database, deps);
    const problem = problems.length === 0 ? null : `not all of it could be stored. ${problems.join(' ')}`;
    if (problem !== null) log.warn(`state of this host: ${problem}`);
    history.recordStateBackup({ at: clock.now(), key, problem });
  } catch (error) {
    if (signal.aborted) return;
    const failure = asFailure(error);
    log.warn(`the state of this host was not stored. ${failureText(failure)}`);
    recordQuietly(() => history.recordStateBackup({ at: clock.now(), key: null, problem: failure.message }));
  }
}

/** A history that fails is reported where it is opened. */
function recordQuietly(record: () => void): void {
  try {
    record();
  } catch {}
}

async function collectAndStore({ name }: Database, deps: StoreStateDeps) {
  const { settings, store, history, stagingFolder: staging, clock, log, signal } = deps;
  await requireSameStore(settings.store, history);
  await requireStaging(path.dirname(staging), log);
  try {
    await mkdir(staging, { recursive: true });
    const origin: StateOrigin = { takenAt: clock.now(), since: history.firstStart() };
    const { names, problems } = await collectState(settings.stateDir, staging, { log, signal });
    if (names.length === 0) throw nothingToStore(settings.stateDir, problems);
    const packed = path.join(staging, 'packed.db');
    await packState(staging, names, origin, packed);
    const folder = stateFolder(layoutBelow(settings.prefix));
    const before = new Set((await store.list(stateKeysOf(folder, name), signal)).map(({ key }) => key));
    const format = { compression: settings.compression, recipients: settings.ageRecipients };
    const at = origin.takenAt.toZonedDateTimeISO(settings.zone).toPlainDateTime();
    const key = stateKey(folder, { database: name, at, ending: archiveEnding(format) }, before);
    await upload({ packed, key, origin }, deps);
    // While a part is missing, the older ones are all that has it.
    if (problems.length === 0 && before.size >= statesKept) await prune(name, key, origin, deps);
    return { key, problems };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function prune(
  name: string,
  newest: string,
  { since }: StateOrigin,
  { settings, store, clock, signal }: StoreStateDeps,
): Promise<void> {
  const folder = stateFolder(layoutBelow(settings.prefix));
  const reading = { zone: settings.zone, now: () => store.now(clock), signal };
  const states = await readStates(store, folder, stateKeysOf(folder, name), reading);
  for (const key of statesToRemove(states, since)) if (key !== newest) await store.remove(key, signal);
}

/** Compressed and encrypted as backups are. What does not read back is removed. */
async function upload(
  { packed, key, origin }: { readonly packed: string; readonly key: string; readonly origin: StateOrigin },
  { settings, store, log, signal }: StoreStateDeps,
): Promise<void> {
  const format = { compression: settings.compression, recipients: settings.ageRecipients };
  const identity = settings.ageIdentityFile === null ? null : await readIdentity(settings.ageIdentityFile);
  const options = { signal, bar: noBar, verifyBeforeEncryption: identity === null };
  const archive = await writeArchive(packed, `${packed}.archive`, format, options);
  const facts: StateFacts = { ...origin, snapshotSha256: archive.plainSha256, archiveSha256: archive.sha256 };
  try {
    await store.put(key, archive.file, stateMetadataOf(facts), { signal });
    await readBack(store, key, facts, { identity, signal, bar: noBar });
  } catch (error) {
    const limit = AbortSignal.timeout(removeTimeoutMs);
    await store.remove(key, limit).catch((refused) => {
      log.warn(`${key} was not verified and may still be in the store. ${failureText(asFailure(refused))}`);
    });
    throw error;
  }
}

function nothingToStore(stateDir: string, problems: readonly string[]): Failure {
  return new Failure(
    'STATE_UNWRITABLE',
    problems.length === 0 ? `There is no history in ${stateDir}.` : problems.join(' '),
    'Check that STATE_DIR is the folder that the service uses, and that this user may read it.',
  );
}
