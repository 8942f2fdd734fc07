import { isBelieved } from '../../archives/dating.ts';
import { removeBackup } from '../../archives/details.ts';
import type { Identity } from '../../archives/format/unarchive.ts';
import { type DatedDaily, datedOf, type Inventory, isGood, type StoredWeekly } from '../../archives/inventory.ts';
import { factsOf } from '../../archives/metadata.ts';
import { detailsKey, isoWeek, type Week, weeklyKey } from '../../archives/names.ts';
import { isBadBackup, verifyStored } from '../../archives/verify-stored.ts';
import type { History } from '../../monitoring/history/history.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Failure } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { BackupSettings } from '../../settings/settings.ts';
import type { ObjectStore } from '../../store/store.ts';
import { copyOrUpload } from '../copy-backup.ts';
import { weekliesDue } from './weekly.ts';

export type WeeklyDeps = {
  readonly store: ObjectStore;
  readonly history: History;
  readonly clock: Clock;
  readonly retention: BackupSettings['retention'];
  readonly zone: string;
  /** Local date of this run. */
  readonly today: Temporal.PlainDate;
  readonly identity: Identity | null;
  readonly stagingFolder: string;
  readonly log: Log;
  readonly signal: AbortSignal;
};

export type WeeklyCopies = {
  /** The weeklies after it, newest first. */
  readonly weeklies: readonly StoredWeekly[];
  /** Set when a week has dailies and none of them is good. */
  readonly failure: Failure | null;
};

/**
 * Makes the weekly copies that are due. A weekly stays only when it was verified: one of a week that still has dailies is
 * verified once, and replaced when it is broken; a copy that does not verify gives way to an earlier daily of its week.
 */
export async function copyWeeklies(inventory: Inventory, deps: WeeklyDeps): Promise<WeeklyCopies> {
  const dailies = datedOf(inventory.dailies.filter(isGood));
  const broken = await brokenWeeklies(inventory, dailies, deps);
  const good = inventory.weeklies.filter(({ key }) => !broken.has(key));
  const existing = new Set(good.filter(({ dating }) => isBelieved(dating)).map(({ week }) => week));
  const { today, zone, retention, log, store, signal } = deps;
  const copy = copierOf(deps);
  const made: StoredWeekly[] = [];
  const without: Week[] = [];
  for (const due of weekliesDue(dailies, { existing, today, zone, limit: retention.weekly })) {
    const copied = await firstGoodCopy(due.week, due.dailies, inventory, { ...deps, copy });
    if (copied === null) without.push(due.week);
    else {
      made.push(copied);
      log.line(`weekly copy ${copied.key} (${broken.has(copied.key) ? 'the one there was broken' : due.reason})`);
    }
  }
  const isMade = ({ key }: StoredWeekly) => made.some((copy) => copy.key === key);
  const replaced = new Set(made.map(({ week }) => week));
  for (const weekly of inventory.weeklies.filter(({ key }) => broken.has(key))) {
    if (replaced.has(weekly.week) && !isMade(weekly)) await removeBackup(store, weekly.key, signal);
  }
  const kept = good.filter((weekly) => !isMade(weekly));
  const weeklies = [...kept, ...made].toSorted((a, b) => b.week.localeCompare(a.week));
  return { weeklies, failure: without.length === 0 ? null : noGoodDaily(without) };
}

/** Keys of weeklies that do not verify, among those that a daily could replace. What was verified once is not read again. */
async function brokenWeeklies(inventory: Inventory, dailies: readonly DatedDaily[], deps: WeeklyDeps) {
  const { store, history, clock, zone, log, signal } = deps;
  const weeks = new Set(dailies.map(({ dating }) => isoWeek(dating.takenAt.toZonedDateTimeISO(zone).toPlainDate())));
  const known = history.proofs();
  const broken = new Set<string>();
  for (const { key, week } of inventory.weeklies) {
    if (known.has(key) || !weeks.has(week)) continue;
    const head = await store.head(key, signal);
    if (head === null) continue;
    try {
      history.prove(key, await verifyStored(store, key, factsOf(head.metadata), deps), clock.now());
    } catch (error) {
      if (!isBadBackup(error)) throw error;
      broken.add(key);
      log.warn(`${key} does not verify: ${error.message}`);
    }
  }
  return broken;
}

/** Copies the first of a week's dailies that verifies, the last first; null when none does. */
async function firstGoodCopy(
  week: Week,
  dailies: readonly DatedDaily[],
  inventory: Inventory,
  deps: WeeklyDeps & { readonly copy: Copy },
): Promise<StoredWeekly | null> {
  for (const daily of dailies) {
    try {
      return await verifiedCopy(week, daily, inventory, deps);
    } catch (error) {
      if (!isBadBackup(error)) throw error;
      deps.log.warn(`${daily.key} does not verify and becomes no weekly: ${error.message}`);
    }
  }
  return null;
}

/** Overwrites nothing before the daily itself was verified, in this run or earlier. */
async function verifiedCopy(
  week: Week,
  daily: DatedDaily,
  { withDetails }: Inventory,
  deps: WeeklyDeps & { readonly copy: Copy },
) {
  const { store, history, clock, copy, signal } = deps;
  const { database, ending, bytes, facts, dating } = daily;
  if (!history.proofs().has(daily.key)) {
    history.prove(daily.key, await verifyStored(store, daily.key, facts, deps), clock.now());
  }
  const key = weeklyKey({ database, week, ending });
  await copy(daily.key, key);
  try {
    history.prove(key, await verifyStored(store, key, facts, deps), clock.now());
  } catch (error) {
    if (isBadBackup(error)) await store.remove(key, signal);
    throw error;
  }
  if (withDetails.has(daily.key)) await copy(detailsKey(daily.key), detailsKey(key));
  return { key, bytes, week, ending, dating };
}

type Copy = (from: string, to: string) => Promise<void>;

/** Copies on the server, or by way of the staging folder where the server cannot; says so once. */
function copierOf({ store, stagingFolder, log, signal }: WeeklyDeps): Copy {
  let isSaid = false;
  return async (from, to) => {
    const refused = await copyOrUpload(store, from, to, undefined, { stagingFolder, signal });
    if (refused === null || isSaid) return;
    log.line(`no copy on the server, weekly backups are downloaded and uploaded: ${refused.message}`);
    isSaid = true;
  };
}

function noGoodDaily(weeks: readonly Week[]): Failure {
  return new Failure(
    'READ_BACK_DIFFERS',
    `There is no weekly backup of ${weeks.join(', ')}: no daily backup of ${weeks.length === 1 ? 'that week' : 'these weeks'} verifies.`,
    'The log names each. Look at them with `nightshift restore NAME --to FILE`; the bucket may keep older, whole versions.',
  );
}
