import { isPlausible } from '../../archives/backup-date.ts';
import { removeBackup } from '../../archives/backup-details.ts';
import type { PeriodKind, RetentionLimits } from '../../archives/backup-kinds.ts';
import type { AgeIdentity } from '../../archives/format/encryption.ts';
import {
  type DatedDaily,
  datedOf,
  type Inventory,
  isGood,
  newestPeriodFirst,
  type PeriodBackup,
} from '../../archives/inventory.ts';
import { factsOf } from '../../archives/metadata.ts';
import { detailsKey, periodKey } from '../../archives/names.ts';
import { isCorruptBackup, verifyStoredBackup } from '../../archives/verify-stored.ts';
import type { History } from '../../monitoring/history/history.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Failure } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { ObjectStore } from '../../store/store.ts';
import { copyOrUpload } from '../copy-backup.ts';
import { periodBackupsDue } from './period-backups-due.ts';
import { limitOf } from './prune.ts';

export type PeriodBackupDeps = {
  readonly store: ObjectStore;
  readonly history: History;
  readonly clock: Clock;
  readonly retention: RetentionLimits;
  readonly zone: string;
  /** Local date of this run. */
  readonly today: Temporal.PlainDate;
  readonly identity: AgeIdentity | null;
  readonly stagingFolder: string;
  readonly log: Log;
  readonly signal: AbortSignal;
};

export type MadePeriodBackups = {
  /** All of the kind after it, newest first. */
  readonly periodBackups: readonly PeriodBackup[];
  /** Set when a period has dailies and none of them is good. */
  readonly failure: Failure | null;
};

/**
 * Copies the dailies that are due as backups of a kind. A copy stays only when it was verified: one of a period that still
 * has dailies is verified once, and replaced when it is broken; one that does not verify gives way to an earlier daily of
 * its period.
 */
export async function makePeriodBackups(
  kind: PeriodKind,
  inventory: Inventory,
  deps: PeriodBackupDeps,
): Promise<MadePeriodBackups> {
  const dailies = datedOf(inventory.dailies.filter(isGood));
  const there = inventory.periodBackups.filter((backup) => backup.kind === kind);
  const broken = await findBroken(kind, there, dailies, deps);
  const good = there.filter(({ key }) => !broken.has(key));
  const existing = new Set(good.filter(({ date }) => isPlausible(date)).map(({ period }) => period));
  const { today, zone, retention, log, store, signal } = deps;
  const copy = copierOf(kind, deps);
  const made: PeriodBackup[] = [];
  const without: string[] = [];
  const limit = limitOf(kind, retention);
  for (const due of periodBackupsDue(kind, dailies, { existing, today, zone, limit })) {
    const copied = await copyFirstGood(due.period, due.dailies, inventory, { ...deps, kind, copy });
    if (copied === null) without.push(due.period);
    else {
      made.push(copied);
      log.line(`${kind.name} copy ${copied.key} (${broken.has(copied.key) ? 'the one there was broken' : due.reason})`);
    }
  }
  const isMade = ({ key }: PeriodBackup) => made.some((one) => one.key === key);
  const replaced = new Set(made.map(({ period }) => period));
  for (const old of there.filter(({ key }) => broken.has(key))) {
    if (replaced.has(old.period) && !isMade(old)) await removeBackup(store, old.key, signal);
  }
  const kept = good.filter((one) => !isMade(one));
  const periodBackups = [...kept, ...made].toSorted(newestPeriodFirst);
  return { periodBackups, failure: without.length === 0 ? null : noGoodDaily(kind, without) };
}

/** Keys of those that do not verify, among those that a daily could replace. What was verified once is not read again. */
async function findBroken(
  kind: PeriodKind,
  backups: readonly PeriodBackup[],
  dailies: readonly DatedDaily[],
  deps: PeriodBackupDeps,
) {
  const { store, history, clock, zone, log, signal } = deps;
  const dayOf = ({ date }: DatedDaily) => date.takenAt.toZonedDateTimeISO(zone).toPlainDate();
  const periods = new Set(dailies.map((daily) => kind.periodOf(dayOf(daily))));
  const known = history.verifications();
  const broken = new Set<string>();
  for (const { key, period } of backups) {
    if (known.has(key) || !periods.has(period)) continue;
    const head = await store.head(key, signal);
    if (head === null) continue;
    try {
      history.recordVerification(key, await verifyStoredBackup(store, key, factsOf(head.metadata), deps), clock.now());
    } catch (error) {
      if (!isCorruptBackup(error)) throw error;
      broken.add(key);
      log.warn(`${key} does not verify: ${error.message}`);
    }
  }
  return broken;
}

type CopyingDeps = PeriodBackupDeps & { readonly kind: PeriodKind; readonly copy: CopyObject };

/** Copies the first of a period's dailies that verifies, the last first; null when none does. */
async function copyFirstGood(
  period: string,
  dailies: readonly DatedDaily[],
  inventory: Inventory,
  deps: CopyingDeps,
): Promise<PeriodBackup | null> {
  for (const daily of dailies) {
    try {
      return await copyVerified(period, daily, inventory, deps);
    } catch (error) {
      if (!isCorruptBackup(error)) throw error;
      deps.log.warn(`${daily.key} does not verify and becomes no ${deps.kind.name}: ${error.message}`);
    }
  }
  return null;
}

/** Overwrites nothing before the daily itself was verified, in this run or earlier. */
async function copyVerified(
  period: string,
  daily: DatedDaily,
  { withDetails }: Inventory,
  deps: CopyingDeps,
): Promise<PeriodBackup> {
  const { kind, store, history, clock, copy, signal } = deps;
  const { database, ending, bytes, facts, date } = daily;
  if (!history.verifications().has(daily.key)) {
    history.recordVerification(daily.key, await verifyStoredBackup(store, daily.key, facts, deps), clock.now());
  }
  const key = periodKey(kind, { database, period, ending });
  await copy(daily.key, key);
  try {
    history.recordVerification(key, await verifyStoredBackup(store, key, facts, deps), clock.now());
  } catch (error) {
    if (isCorruptBackup(error)) await store.remove(key, signal);
    throw error;
  }
  if (withDetails.has(daily.key)) await copy(detailsKey(daily.key), detailsKey(key));
  return { kind, key, bytes, period, ending, date };
}

type CopyObject = (from: string, to: string) => Promise<void>;

/** Copies on the server, or by way of the staging folder where the server cannot; logs that once. */
function copierOf(kind: PeriodKind, { store, stagingFolder, log, signal }: PeriodBackupDeps): CopyObject {
  let isLogged = false;
  return async (from, to) => {
    const refused = await copyOrUpload(store, from, to, undefined, { stagingFolder, signal });
    if (refused === null || isLogged) return;
    log.line(`no copy on the server, ${kind.name} backups are downloaded and uploaded: ${refused.message}`);
    isLogged = true;
  };
}

function noGoodDaily({ name, period }: PeriodKind, periods: readonly string[]): Failure {
  return new Failure(
    'READ_BACK_DIFFERS',
    `There is no ${name} backup of ${periods.join(', ')}: no daily backup of ${periods.length === 1 ? `that ${period}` : `these ${period}s`} verifies.`,
    'The log names each. Look at them with `nightshift restore NAME --to FILE`; the bucket may keep older, whole versions.',
  );
}
