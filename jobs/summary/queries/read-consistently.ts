import { existsSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../runtime/errors.ts';
import { formatDuration } from '../../runtime/format.ts';
import { restoreJournalPath } from '../../sqlite/lock/lock-state.ts';
import { sourceFailure } from '../../sqlite/snapshot/source-failure.ts';
import { requireDatabaseFile } from '../../sqlite/snapshot/source-file.ts';
import type { QueryResult } from './query.ts';
import { QueryError } from './query-error.ts';

const pollMs = 500;

/**
 * Reads one and the same database with `read`: waits for a restore under way, and reads once more when the file was
 * replaced meanwhile, or SQLite reported what it does when it is. `warning`: a restore is still under way.
 * Throws DATABASE_* and AbortError.
 */
export async function readConsistently<T extends { readonly results: readonly QueryResult[] }>(
  file: string,
  { waitMs, signal }: { waitMs: number; signal: AbortSignal },
  read: () => Promise<T>,
): Promise<{ value: T; warning: string | null }> {
  for (let attempt = 1; ; attempt += 1) {
    const hasEnded = await waitForRestore(file, waitMs, signal);
    await requireFile(file);
    const inode = inodeOf(file);
    try {
      const value = await read();
      const isConsistent = inodeOf(file) === inode && !value.results.some(mayBeFromReplacedFile);
      if (isConsistent || attempt > 1) return { value, warning: hasEnded ? null : restoreWarning(waitMs) };
    } catch (error) {
      signal.throwIfAborted();
      if (attempt > 1) throw await sourceFailure(file, error instanceof QueryError ? error.cause : error);
    }
  }
}

/** Whether no restore is under way, or it ended within the wait. */
async function waitForRestore(file: string, waitMs: number, signal: AbortSignal): Promise<boolean> {
  const began = performance.now();
  while (existsSync(restoreJournalPath(file))) {
    if (performance.now() - began >= waitMs) return false;
    await sleep(Math.min(pollMs, waitMs), undefined, { signal });
  }
  return true;
}

function restoreWarning(waitMs: number): string {
  return `A restore of this database has been unfinished for more than ${formatDuration(waitMs / 1000)}; the figures may be from before or after it.`;
}

/** An empty file is a database without tables here, and the page says so. */
async function requireFile(file: string): Promise<void> {
  try {
    await requireDatabaseFile(file);
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'DATABASE_EMPTY')) throw error;
  }
}

function inodeOf(file: string): bigint | null {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
}

/** SQLite's errors when its file is replaced under it, among other causes. */
function mayBeFromReplacedFile(result: QueryResult): boolean {
  return result.kind === 'failed' && /^SQLITE_(NOTADB|IOERR|CORRUPT|CANTOPEN)/.test(result.code ?? '');
}
