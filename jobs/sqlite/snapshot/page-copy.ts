import type { ProgressBar } from '../../runtime/progress.ts';
import type { SnapshotSource } from './source.ts';

const pinnedStepBytes = 4 * 1024 * 1024;
/** Short, since a rollback-journal writer cannot commit while a step runs. */
const unpinnedStepBytes = 1024 * 1024;
const unpinnedBusyMs = 100;
const restartsAllowed = 3;

type PageCopyOptions = { readonly signal: AbortSignal; readonly bar: ProgressBar };

/**
 * Copies all pages of a pinned source into the new file `to`, with SQLite's online backup. The copy is the state that was
 * pinned. Aborted or failed, it leaves no file.
 */
export async function copyPinned(
  { connection, pageSize }: SnapshotSource,
  to: string,
  { signal, bar }: PageCopyOptions,
) {
  const progress = ({ totalPages, remainingPages }: { totalPages: number; remainingPages: number }) => {
    signal.throwIfAborted();
    bar.advanceTo((totalPages - remainingPages) * pageSize);
    return Math.ceil(pinnedStepBytes / pageSize);
  };
  await connection.backup(to, { progress });
}

/**
 * The same from a source that is not pinned: writers commit between the steps, and each time they do the backup begins
 * again. False when three steps brought it no further; `to` is gone then.
 */
export async function copyBetweenCommits(
  source: SnapshotSource,
  to: string,
  { signal, bar }: PageCopyOptions,
): Promise<boolean> {
  const { connection, pageSize } = source;
  let copied = -1;
  let restarts = 0;
  const progress = ({ totalPages, remainingPages }: { totalPages: number; remainingPages: number }) => {
    signal.throwIfAborted();
    const now = totalPages - remainingPages;
    if (now <= copied) restarts += 1;
    if (restarts === restartsAllowed) throw new Error('the database changes too often to be copied between commits');
    copied = now;
    bar.advanceTo(copied * pageSize);
    return Math.ceil(unpinnedStepBytes / pageSize);
  };
  connection.pragma(`busy_timeout = ${unpinnedBusyMs}`);
  try {
    const { totalPages } = await connection.backup(to, { progress });
    // better-sqlite3 takes a first step that found the database locked for the end of an empty one.
    return totalPages > 0;
  } catch (error) {
    if (restarts === restartsAllowed) return false;
    throw error;
  } finally {
    connection.pragma('busy_timeout = 0');
  }
}
