import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import { probeLock } from '../../sqlite/lock/lock-state.ts';

export type SendingLock = { release(): void };

const pollMs = 250;

/**
 * Takes the one lock of all senders that share a state folder; waits while another process has it. It is the kernel's lock
 * on a SQLite file: a process that dies loses it. Throws STATE_UNWRITABLE, AbortError.
 */
export async function acquireSendingLock(
  stateDir: string,
  { log, signal }: { readonly log: Pick<Log, 'line'>; readonly signal: AbortSignal },
): Promise<SendingLock> {
  for (let isFirst = true; ; isFirst = false) {
    signal.throwIfAborted();
    const lock = trySendingLock(stateDir);
    if (lock !== null) return lock;
    if (isFirst) log.line('waiting for another nightshift process that is sending summaries from this STATE_DIR');
    await sleep(pollMs, undefined, { signal });
  }
}

/** The lock when no other process has it, else null. Throws STATE_UNWRITABLE. */
export function trySendingLock(stateDir: string): SendingLock | null {
  const file = lockFile(stateDir);
  try {
    const connection = new Sqlite(file, { timeout: 0 });
    try {
      connection.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      return { release: () => void connection.close() };
    } catch (error) {
      connection.close();
      throw error;
    }
  } catch (error) {
    if (systemCodeOf(error)?.startsWith('SQLITE_BUSY')) return null;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(
      'STATE_UNWRITABLE',
      `The lock file ${file} cannot be locked: ${reason}.`,
      'Check that STATE_DIR is a folder this user may write; a network filesystem may not support locks.',
      error,
    );
  }
}

/** Whether it is certain that no process sends now. Takes no lock: reads only. */
export function isNobodySending(stateDir: string): boolean {
  return probeLock(lockFile(stateDir)) === 'free';
}

function lockFile(stateDir: string): string {
  return path.join(stateDir, 'summary-sending.lock');
}
