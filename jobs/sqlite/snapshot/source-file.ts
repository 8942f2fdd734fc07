import { constants, type Stats } from 'node:fs';
import { access, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';

const mountHint = (folder: string) => `Check that its disk is mounted: \`findmnt -T ${folder}\`.`;

/** Of a database that was there. A process that still has it open may hold the only whole copy. */
const goneHint = (folder: string) =>
  [
    mountHint(folder),
    'If it is, the file was removed or renamed. Stop nothing that may still have it open (`lsof +L1` lists removed files): its newest rows may be there alone.',
    'If it is gone: `nightshift restore latest`.',
  ].join(' ');

/**
 * Checks, without opening it, that `file` may be a database: there, a file, not empty, readable, mounted with its folder.
 * Opening is left to SQLite: closing a second descriptor would drop the locks this process holds on the file.
 * Throws DATABASE_MISSING, _NOT_A_FILE, _EMPTY, _UNREADABLE or _MOUNTED_ALONE.
 */
export async function requireDatabaseFile(file: string): Promise<void> {
  const found = await statOf(file);
  if (!found.isFile()) {
    const kind = found.isDirectory() ? 'a folder' : 'not a regular file';
    throw new Failure(
      'DATABASE_NOT_A_FILE',
      `The database ${file} is ${kind}.`,
      'Set DATABASE_PATH to the SQLite file itself. (Docker makes a folder where a file to be mounted was missing.)',
    );
  }
  if (found.size === 0) throw emptyFailure(file);
  await access(file, constants.R_OK).catch((error) => {
    throw unreadable(`The database ${file} may not be read (${error.code}).`, found, error);
  });
  if (await isMountPoint(await realpath(file))) {
    throw new Failure(
      'DATABASE_MOUNTED_ALONE',
      `The database ${file} is mounted without its folder, so what its -wal or -journal file holds is missing here.`,
      'Mount the folder that holds the database instead of the one file.',
    );
  }
}

/** For a database of 0 bytes, found before or while it was read: SQLite takes it for one without tables. */
export function emptyFailure(file: string): Failure {
  return new Failure(
    'DATABASE_EMPTY',
    `The database ${file} is an empty file of 0 bytes.`,
    `${mountHint(path.dirname(file))} If it is, the file was emptied: restore the newest backup.`,
  );
}

async function statOf(file: string): Promise<Stats> {
  try {
    return await stat(file);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw await missing(file, error);
    throw unreadable(`The database ${file} cannot be reached (${code}).`, null, error);
  }
}

async function missing(file: string, cause: unknown): Promise<Failure> {
  const folder = path.dirname(file);
  const link = await readlink(file).catch(() => null);
  const names = await readdir(folder).catch(() => null);
  const failure = (message: string, hint: string) => new Failure('DATABASE_MISSING', message, hint, cause);
  if (link !== null) {
    return failure(`The database ${file} is a link to ${link}, which does not exist.`, mountHint(path.dirname(link)));
  }
  if (names === null) {
    const hint = `Set DATABASE_PATH to the SQLite file. ${mountHint(folder)}`;
    return failure(`The database ${file} does not exist, and neither does its folder.`, hint);
  }
  if (names.every((name) => name.startsWith(`${path.basename(file)}.nightshift-`))) {
    const message = `The database ${file} does not exist: its folder is empty, as when a disk is not mounted.`;
    return failure(message, mountHint(folder));
  }
  const traces = tracesOf(path.basename(file), names);
  if (traces.length === 0) {
    return failure(
      `The database ${file} does not exist.`,
      `Set DATABASE_PATH to the SQLite file; check its spelling. If it was backed up from there before: ${goneHint(folder)}`,
    );
  }
  return failure(
    `The database ${file} does not exist, but it was there before: ${traces.join(', ')} ${traces.length === 1 ? 'is' : 'are'} still there.`,
    goneHint(folder),
  );
}

/** Which files in its folder show that a database was there. Not its lock: a run that did not find it makes that too. */
function tracesOf(database: string, names: readonly string[]): string[] {
  const sidecars = ['-wal', '-shm', '-journal'];
  const isTrace = (rest: string) =>
    sidecars.includes(rest) || /^\.backup-\d{4}-\d\d-\d\d_\d{6}(?:-wal|-shm|-journal)?$/.test(rest);
  return names.filter((name) => name.startsWith(database) && isTrace(name.slice(database.length))).toSorted();
}

function unreadable(message: string, found: Stats | null, cause: unknown): Failure {
  const user = process.getuid?.();
  const owner = found === null ? 'the owner of the database' : `the owner of the database, uid ${found.uid}`;
  const hint = `Run nightshift as ${owner}; it runs as uid ${user}.`;
  return new Failure('DATABASE_UNREADABLE', message, hint, cause);
}

/** Whether Linux lists `file` as a mount point, as with `docker run -v /host/file.db:/data/file.db`. */
export async function isMountPoint(file: string): Promise<boolean> {
  const mountinfo = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  return mountinfo.split('\n').some((line) => unescapeOctal(line.split(' ')[4] ?? '') === file);
}

/** proc_pid_mountinfo(5) writes space, tab, newline and backslash as `\040`. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
