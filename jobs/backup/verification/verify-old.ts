import { backupDateOf } from '../../archives/backup-date.ts';
import { layoutBelow } from '../../archives/backup-kinds.ts';
import { readIdentity } from '../../archives/format/age-identity.ts';
import { factsOf } from '../../archives/metadata.ts';
import { databaseInKey } from '../../archives/names.ts';
import { requireSameStore } from '../../archives/store-identity.ts';
import type { History, RoutineVerification, UnverifiedBackup, Verification } from '../../monitoring/history/history.ts';
import type { Clock } from '../../runtime/clock.ts';
import { asFailure } from '../../runtime/errors.ts';
import { formatBytes, plural } from '../../runtime/format.ts';
import { failureText, type Log } from '../../runtime/log.ts';
import { noProgress } from '../../runtime/progress.ts';
import type { Database } from '../../settings/databases.ts';
import type { BackupSettings } from '../../settings/settings.ts';
import { requireStaging } from '../../sqlite/snapshot/disk-space.ts';
import type { ObjectStore } from '../../store/store.ts';
import { isRested, oldBackupDue } from './due.ts';
import { verificationFolder, verificationText, verifyBackup } from './verify-backup.ts';

export type VerifyOldDeps = {
  readonly settings: BackupSettings;
  readonly store: ObjectStore;
  readonly history: History;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
};

/** What a look at the old backups came to. */
export type OldBackupLook =
  | { readonly kind: 'verified'; readonly key: string; readonly verification: Verification }
  | { readonly kind: 'damaged'; readonly key: string; readonly message: string }
  /** `key` is null when it did not come to one. */
  | { readonly kind: 'not verified'; readonly key: string | null; readonly message: string }
  /** No backup was due. */
  | { readonly kind: 'none' };

/**
 * Verifies one old backup of a database, the least recently verified within BACKUP_VERIFY_MIB, unless one was verified less than 20 h
 * ago. Returns what that came to, which is in the history and the log. Throws INTERRUPTED.
 */
export async function verifyOld(database: Database, deps: VerifyOldDeps): Promise<OldBackupLook> {
  const { settings, history, clock, log, signal } = deps;
  const last = history.routineVerification(database.name);
  if (settings.verifyBytes === 0 || !isRested(last?.at ?? null, clock.now())) return { kind: 'none' };
  const before = last?.unverified ?? [];
  const record = (looked: Omit<RoutineVerification, 'at'>) =>
    history.recordRoutineVerification(database.name, { at: clock.now(), ...looked });
  try {
    const { look, unverified } = await verifyDue(database, before, deps);
    record({ key: look.kind === 'none' ? null : look.key, problem: null, unverified });
    return look;
  } catch (error) {
    signal.throwIfAborted();
    const failure = asFailure(error);
    log.warn(`no old backup of ${database.name} was verified. ${failureText(failure)}`);
    record({ key: null, problem: failure.message, unverified: before });
    return { kind: 'not verified', key: null, message: failure.message };
  }
}

async function verifyDue(
  { name }: Database,
  before: readonly UnverifiedBackup[],
  deps: VerifyOldDeps,
): Promise<{ readonly look: OldBackupLook; readonly unverified: readonly UnverifiedBackup[] }> {
  const { settings, store, history, clock, log, signal } = deps;
  const { verifyBytes: budgetBytes, ageIdentityFile, stagingDir } = settings;
  await requireSameStore(settings.store, history);
  await requireStaging(stagingDir, log);
  const identity = ageIdentityFile === null ? null : await readIdentity(ageIdentityFile);
  const stored = await listOwn(name, deps);
  const { due, overBudget } = oldBackupDue(stored, {
    known: history.lastVerifications(),
    tried: new Map(before.map(({ key, at }) => [key, at])),
    now: clock.now(),
    budgetBytes,
  });
  if (overBudget > 0) {
    log.warn(
      `${plural(overBudget, 'old backup')} of ${name} over ${formatBytes(budgetBytes)} (BACKUP_VERIFY_MIB): verify by hand, \`nightshift verify --sample 1\``,
    );
  }
  const head = due === null ? null : await store.head(due.key, signal);
  const stillThere = before.filter(({ key }) => stored.some((one) => one.key === key));
  if (due === null || head === null) return { look: { kind: 'none' }, unverified: stillThere };
  const unverified = stillThere.filter(({ key }) => key !== due.key);
  const facts = factsOf(head.metadata);
  const stagingFolder = verificationFolder(stagingDir, name);
  const result = await verifyBackup(
    { ...due, facts, database: name, isChanged: head.changed ?? false },
    // It runs between the backups.
    { store, history, clock, identity, stagingFolder, reservedBytes: 0, progress: noProgress, signal },
  );
  if (result.kind === 'good') {
    log.line(`old backup ${due.key} ${verificationText(result)}`);
    return { look: { kind: 'verified', key: due.key, verification: result.verification }, unverified };
  }
  log.warn(`old backup ${due.key} does not verify. ${failureText(result.failure)}`);
  const look = { kind: result.kind, key: due.key, message: result.failure.message };
  if (result.kind === 'damaged') return { look, unverified };
  const tried = { key: due.key, problem: result.failure.message, at: clock.now() };
  return { look, unverified: [...unverified, tried] };
}

/** A database's own backups of every kind, by their names alone. */
async function listOwn(name: string, { settings, store, clock, signal }: VerifyOldDeps) {
  const { kinds } = layoutBelow(settings.prefix);
  const listings = await Promise.all(kinds.map(({ prefix }) => store.list(`${prefix}${name}_`, signal)));
  const own = listings.flat().filter(({ key }) => databaseInKey(key, kinds) === name);
  const now = store.now(clock);
  return own.map((object) => ({
    ...object,
    date: backupDateOf({ ...object, facts: null }, settings.zone, now, kinds),
  }));
}
