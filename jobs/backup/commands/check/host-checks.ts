import { alertChannelsOf, channelName } from '../../../monitoring/alerts/alert-channels.ts';
import { type LastingHistory, openLastingHistory } from '../../../monitoring/history/resilient-history.ts';
import { Failure } from '../../../runtime/errors.ts';
import { formatBytes } from '../../../runtime/format.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Database } from '../../../settings/databases.ts';
import type { BackupSettings } from '../../../settings/settings.ts';
import { acquireLock } from '../../../sqlite/lock/lock.ts';
import { requireFreeSpace, requireStaging } from '../../../sqlite/snapshot/disk-space.ts';
import { usualLockWaitMs } from '../../../sqlite/snapshot/snapshot.ts';
import { openSource } from '../../../sqlite/snapshot/source.ts';
import type { Say } from './checklist.ts';

type Deps = { readonly settings: BackupSettings; readonly log: Log; readonly signal: AbortSignal };

/** Locks and opens a database as a run does, and looks for room for its copy and archive. Copies nothing. */
export async function checkDatabase(database: Database, say: Say, { settings, log, signal }: Deps): Promise<void> {
  const locked = await tryLock(database, { settings, log, signal });
  const source = await openSource(database.path, { signal, log, lockWaitMs: usualLockWaitMs });
  const { bytes, journalMode } = source;
  source.close();
  await requireFreeSpace(settings.stagingDir, bytes * 2, `the snapshot of ${database.name} and its archive`);
  const mode = journalMode === 'wal' ? 'WAL' : 'rollback journal';
  say.found([`${database.path}, ${formatBytes(bytes)}, ${mode}`, ...locked].join('; '));
}

/** That a backup or restore is under way is no fault: a run waits for it. */
async function tryLock({ path }: Database, { settings, log, signal }: Deps): Promise<string[]> {
  try {
    const lock = await acquireLock(path, settings.stateDir, { holder: 'backup', wait: false, log, signal });
    lock.release();
    return [];
  } catch (error) {
    if (error instanceof Failure && error.code === 'LOCKED') return [error.message];
    throw error;
  }
}

export async function checkStaging({ stagingDir }: BackupSettings, say: Say, log: Log): Promise<void> {
  await requireStaging(stagingDir, { ...log, warn: say.warn });
  say.found(stagingDir);
}

/** Opens the history as a run does, which goes on without one, and tries whether it can be written. */
export async function openState({ stateDir }: BackupSettings, say: Say): Promise<LastingHistory> {
  const history = openLastingHistory(stateDir);
  history.tryWriting();
  const problem = history.problem();
  if (problem !== null) {
    say.warn(`Backups are made without a history: ${problem.code}: ${problem.message} ${problem.hint}`);
  }
  say.found(stateDir);
  return history;
}

/** Nothing is sent; only whether there is somebody to tell. */
export async function checkAlerts(settings: BackupSettings, say: Say): Promise<void> {
  const channels = alertChannelsOf({ ...settings, summaryPingUrl: null });
  if (channels.length === 0) {
    say.warn('Nobody is told when backups fail: set ALERT_RECIPIENTS with SMTP_HOST, or BACKUP_PING_URL.');
  }
  say.found(`${channels.map(channelName).join('; ')}; not tried here, \`nightshift alert --test\` does`);
}
