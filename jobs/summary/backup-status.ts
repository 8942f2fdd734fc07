import { type BackupStatus, statusOf } from '../backup/status/status.ts';
import type { ReadOnlyHistory } from '../monitoring/history/history.ts';
import { readHistory } from '../monitoring/history/open-history.ts';
import type { Failure } from '../runtime/errors.ts';

export type BackupStatusSettings = Parameters<typeof statusOf>[0];

/** What `use` makes of the backups' status and history, read now; or why the history cannot be read. */
export async function readBackupStatus<T>(
  settings: BackupStatusSettings,
  now: Temporal.Instant,
  use: (status: BackupStatus, history: ReadOnlyHistory) => T,
): Promise<T | Failure> {
  const { history, failure } = readHistory(settings.stateDir);
  if (history === null) return failure;
  try {
    return use(await statusOf(settings, history, now), history);
  } finally {
    history.close();
  }
}
