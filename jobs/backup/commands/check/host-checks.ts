import { removableBytes } from '../../../archives/memory/staging-room.ts';
import { channelName, listAlertChannels } from '../../../monitoring/alerts/configured-channels.ts';
import { openResilientHistory, type ResilientHistory } from '../../../monitoring/history/resilient-history.ts';
import { Failure } from '../../../runtime/errors.ts';
import { formatBytes } from '../../../runtime/format.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Database } from '../../../settings/databases.ts';
import type { BackupSettings } from '../../../settings/settings.ts';
import { acquireLock } from '../../../sqlite/lock/lock.ts';
import { wasEverLocked } from '../../../sqlite/lock/lock-state.ts';
import { freeBytes, requireFreeSpace, requireStaging, stagingBytes } from '../../../sqlite/snapshot/disk-space.ts';
import { openSource } from '../../../sqlite/snapshot/source.ts';
import { requireDatabaseFile } from '../../../sqlite/snapshot/source-file.ts';
import type { CheckReport } from './checklist.ts';

type HostCheckDeps = { readonly settings: BackupSettings; readonly log: Log; readonly signal: AbortSignal };

/** Locks and opens a database as a run does, and looks for room for its copy and archive. Copies nothing. */
export async function checkDatabase(
  database: Database,
  report: CheckReport,
  { settings, log, signal }: HostCheckDeps,
): Promise<void> {
  if (!(await wasEverLocked(database.path, settings.stateDir))) await requireDatabaseFile(database.path);
  const locked = await tryLock(database, { settings, log, signal });
  const source = await openSource(database.path, { signal, log });
  const { bytes, journalMode } = source;
  source.close();
  await checkRoom(database, bytes, report, settings);
  const mode = journalMode === 'wal' ? 'WAL' : 'rollback journal';
  const notTried = 'opened and its schema read; its integrity is not checked here, each backup does that';
  report.found([`${database.path}, ${formatBytes(bytes)}, ${mode}`, notTried, ...locked].join('; '));
}

/** Kept archives make room for a run, which then compresses everything again. */
async function checkRoom(
  { name }: Database,
  bytes: number,
  report: CheckReport,
  { stagingDir }: BackupSettings,
): Promise<void> {
  const needed = stagingBytes(bytes);
  const removable = await removableBytes(stagingDir);
  const missing = needed - (await freeBytes(stagingDir));
  const what = `the snapshot of ${name} and its archive`;
  const purpose = removable === 0 ? what : `${what}, when the kept archives are removed,`;
  await requireFreeSpace(stagingDir, needed - removable, purpose);
  if (missing <= 0) return;
  report.warn(
    `${stagingDir} has no room for ${what} beside the last archive: the next run removes that, and compresses everything again. Free ${formatBytes(missing)} there.`,
  );
}

/** That a backup or restore is under way is no fault: a run waits for it. */
async function tryLock({ path }: Database, { settings, log, signal }: HostCheckDeps): Promise<string[]> {
  try {
    const lock = await acquireLock(path, settings.stateDir, { holder: 'backup', wait: false, log, signal });
    lock.release();
    return [];
  } catch (error) {
    if (error instanceof Failure && error.code === 'LOCKED') return [error.message];
    throw error;
  }
}

export async function checkStaging({ stagingDir }: BackupSettings, report: CheckReport): Promise<void> {
  await requireStaging(stagingDir, report);
  report.found(stagingDir);
}

/** Opens the history as a run does, which goes on without one, and tries whether it can be written. */
export async function checkState({ stateDir }: BackupSettings, report: CheckReport): Promise<ResilientHistory> {
  const history = openResilientHistory(stateDir);
  history.requireWritable();
  const problem = history.problem();
  if (problem !== null) {
    report.warn(`Backups are made without a history: ${problem.code}: ${problem.message} ${problem.hint}`);
  }
  report.found(stateDir);
  return history;
}

/** Sends nothing; checks only whether anybody would be alerted. */
export async function checkAlerts(settings: BackupSettings, report: CheckReport): Promise<void> {
  const channels = listAlertChannels({ ...settings, summaryPingUrl: null });
  if (channels.length === 0) {
    report.warn(
      'Nobody is notified when backups fail: set ALERT_RECIPIENTS with SMTP_HOST, ALERT_WEBHOOK_URL, or BACKUP_PING_URL.',
    );
  }
  report.found(`${channels.map(channelName).join('; ')}; not tried here, \`nightshift alert --test\` does`);
}
