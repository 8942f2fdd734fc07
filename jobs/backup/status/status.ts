import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadOnlyHistory } from '../../monitoring/history/history.ts';
import { longestGapSeconds, nextRun } from '../../runtime/schedule.ts';
import { toolVersion } from '../../runtime/version.ts';
import type { Database } from '../../settings/databases.ts';
import type { BackupSettingsWithoutStore } from '../../settings/settings.ts';
import { type LockState, lockStateOf, restoreJournalPath } from '../../sqlite/lock/lock-state.ts';
import { readAlertState } from '../alerts/alert-state.ts';
import { damagedText } from '../alerts/verification-problems.ts';
import { type DatabaseStatus, databaseStatus } from './database-status.ts';
import { ageLimitSeconds } from './health.ts';

const recheckMs = 250;

/** What the history says of the backups at one moment. */
export type BackupStatus = {
  readonly version: string;
  readonly nextRun: Temporal.Instant;
  /** Seconds that a newest good backup may be old. */
  readonly ageLimitSeconds: number;
  readonly databases: readonly DatabaseStatus[];
  /** What is wrong with files in the store that belong to none of these databases. */
  readonly problems: readonly string[];
};

type StatusSettings = Pick<BackupSettingsWithoutStore, 'databases' | 'schedule' | 'zone' | 'stateDir' | 'stagingDir'>;

/** Reads the status of every database from the history; writes nothing. */
export async function statusOf(
  settings: StatusSettings,
  history: ReadOnlyHistory,
  now: Temporal.Instant,
): Promise<BackupStatus> {
  const { databases, schedule, zone, stagingDir } = settings;
  const plan = { cron: schedule, zone };
  const gap = longestGapSeconds(plan, now);
  const { problems: openAlerts } = readAlertState(history, stagingDir);
  const statuses: DatabaseStatus[] = [];
  for (const database of databases) {
    const lock = await lockOf(database, history, settings);
    const restoreUnfinished = await isRestoreUnfinished(database, settings);
    const deps = { now, zone, longestGapSeconds: gap, lock, restoreUnfinished, openAlerts };
    statuses.push(databaseStatus(history, database.name, deps));
  }
  const limit = ageLimitSeconds(gap);
  const others = history.damagedOfOthers(databases.map(({ name }) => name));
  const problems = others.map((one) => damagedText(one).replace(/\.$/, ''));
  return { version: toolVersion, nextRun: nextRun(plan, now), ageLimitSeconds: limit, databases: statuses, problems };
}

/** Whether a restore left its journal, and none is at work on it now. */
async function isRestoreUnfinished({ path }: Database, { stateDir }: StatusSettings): Promise<boolean> {
  return existsSync(restoreJournalPath(path)) && (await lockStateOf(path, stateDir)) !== 'restore';
}

/** The lock is looked up only when a run is running by the history. */
async function lockOf(
  { name, path }: Database,
  history: ReadOnlyHistory,
  { stateDir }: StatusSettings,
): Promise<LockState> {
  const isRunning = () => history.runs('backup', name, 1)[0]?.outcome === 'running';
  if (!isRunning()) return 'free';
  const state = await lockStateOf(path, stateDir);
  if (state !== 'free') return state;
  // A run is in the history a moment before it takes the lock, and releases it a moment before its end is recorded.
  await sleep(recheckMs);
  return isRunning() ? lockStateOf(path, stateDir) : 'free';
}
