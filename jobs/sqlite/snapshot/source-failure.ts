import { constants } from 'node:fs';
import { access, open } from 'node:fs/promises';
import path from 'node:path';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';
import { formatDuration } from '../../runtime/format.ts';

/**
 * What SQLite's error about the live database `file` means to a person: a Failure with its cause, or `error` itself when it
 * is none of SQLite's. Every connection to the file must be closed before, since this may open it.
 */
export async function sourceFailure(file: string, error: unknown): Promise<unknown> {
  const code = systemCodeOf(error) ?? '';
  if (error instanceof Failure || !code.startsWith('SQLITE_')) return error;
  if (code === 'SQLITE_NOTADB') return notSqlite(file, error);
  if (code.startsWith('SQLITE_CORRUPT')) return corrupt(file, error);
  if (code === 'SQLITE_READONLY_ROLLBACK') return journalLeft(file, error);
  if (/^SQLITE_(CANTOPEN|READONLY|IOERR_SHM)/.test(code)) {
    return (await besideFailure(file, error)) ?? unreadable(file, error);
  }
  return unreadable(file, error);
}

/** Whether SQLite says that somebody else has the database locked for now. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|PROTOCOL)/.test(systemCodeOf(error) ?? '');
}

export function lockedFailure(file: string, waitedMs: number, cause: unknown): Failure {
  return new Failure(
    'DATABASE_LOCKED',
    `Another process has had the database ${file} locked exclusively for ${formatDuration(waitedMs / 1000)}.`,
    `Find it with \`fuser -v ${file}\`: a long transaction or VACUUM, a sqlite3 shell left open, or a program that sets PRAGMA locking_mode=EXCLUSIVE.`,
    cause,
  );
}

async function notSqlite(file: string, cause: unknown): Promise<Failure> {
  if (await hasSqliteHeader(file)) return corrupt(file, cause);
  return new Failure(
    'DATABASE_NOT_SQLITE',
    `${file} is not a SQLite database, or it is an encrypted one.`,
    'Set DATABASE_PATH to the SQLite file. A database encrypted by SQLCipher or SEE can only be copied by its own program.',
    cause,
  );
}

/** The first 16 bytes of every database: https://www.sqlite.org/fileformat2.html#magic_header_string */
async function hasSqliteHeader(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(16), 0, 16, 0);
    return buffer.toString('latin1') === 'SQLite format 3\0';
  } finally {
    await handle.close();
  }
}

function corrupt(file: string, cause: unknown): Failure {
  return new Failure(
    'DATABASE_CORRUPT',
    `The database ${file} is damaged: ${messageOf(cause)}.`,
    `Stop its writers, keep a copy of all its files, then restore the newest backup, or salvage with \`sqlite3 ${file} .recover\`.`,
    cause,
  );
}

async function journalLeft(file: string, cause: unknown): Promise<Failure> {
  const message = `A writer of ${file} died in the middle of a commit, and its ${path.basename(file)}-journal`;
  if ((await accessError(path.dirname(file), constants.W_OK)) === 'EROFS') {
    return new Failure(
      'DATABASE_READ_ONLY_MOUNT',
      `${message} cannot be rolled back on a read-only mount.`,
      'Mount the folder read-write, or start the program that writes the database once.',
      cause,
    );
  }
  return new Failure(
    'DATABASE_UNREADABLE',
    `${message} must be rolled back, which uid ${process.getuid?.()} may not do.`,
    `Run nightshift as the owner of the database, or start the program that writes it once.`,
    cause,
  );
}

/** A database in WAL mode is read through two files beside it, `-wal` and `-shm`; null when those can be used. */
async function besideFailure(file: string, cause: unknown): Promise<Failure | null> {
  const folder = path.dirname(file);
  const folderError = await accessError(folder, constants.W_OK | constants.X_OK);
  if (folderError === 'EROFS') {
    return new Failure(
      'DATABASE_READ_ONLY_MOUNT',
      `${folder} is mounted read-only, and ${path.basename(file)} is in WAL mode: reading it needs its -wal and -shm files, which cannot be used there.`,
      'Mount the folder read-write. nightshift itself never writes to the database.',
      cause,
    );
  }
  const candidates = [folder, `${file}-shm`, `${file}-wal`];
  for (const candidate of candidates) {
    const mode = candidate === folder ? constants.W_OK | constants.X_OK : constants.R_OK | constants.W_OK;
    const code = await accessError(candidate, mode);
    if (code === null || code === 'ENOENT') continue;
    return new Failure(
      'DATABASE_SHM_UNWRITABLE',
      `${path.basename(file)} is in WAL mode, and uid ${process.getuid?.()} may not write ${candidate} (${code}), which reading it needs.`,
      `Run nightshift as the owner of the database, or let that uid write ${candidate}.`,
      cause,
    );
  }
  return null;
}

function unreadable(file: string, cause: unknown): Failure {
  return new Failure(
    'DATABASE_UNREADABLE',
    `SQLite cannot read ${file}: ${messageOf(cause)} (${systemCodeOf(cause)}).`,
    'Look for a full disk (`df`) and for disk errors (`dmesg`), and check that the database opens with `sqlite3`.',
    cause,
  );
}

async function accessError(file: string, mode: number): Promise<string | null> {
  try {
    await access(file, mode);
    return null;
  } catch (error) {
    return systemCodeOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
