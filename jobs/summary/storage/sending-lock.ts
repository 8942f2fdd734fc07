import { mkdirSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';

export type SendingLock = { release(): void };

/**
 * Takes the one lock of all senders that share a state folder; null when another process has it. It is the kernel's lock
 * on a SQLite file: a process that dies loses it. Throws STATE_UNWRITABLE.
 */
export function acquireSendingLock(stateDir: string): SendingLock | null {
  const file = path.join(stateDir, 'summary-sending.lock');
  try {
    mkdirSync(stateDir, { recursive: true });
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
