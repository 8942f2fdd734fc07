import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../runtime/errors.ts';

/** The files of a database's lock. `ids`: whom root must give them to, so that the database's owner can lock too. */
export type LockFiles = {
  readonly lock: string;
  readonly owner: string;
  readonly ids: { readonly uid: number; readonly gid: number } | null;
};

/**
 * Beside the database, where every container and the host see the same file; in the state folder when nothing can be written
 * there. Throws STATE_UNWRITABLE when neither can be.
 */
export async function lockFilesOf(databasePath: string, stateDir: string): Promise<LockFiles> {
  const real = await realDatabasePath(databasePath);
  const beside = path.dirname(real);
  const folder = (await isWritable(beside)) ? beside : stateDir;
  if (folder === stateDir && !(await isWritable(stateDir))) {
    throw new Failure(
      'STATE_UNWRITABLE',
      `Neither ${beside} nor the state folder ${stateDir} can be written, so the database cannot be locked.`,
      `Let uid ${process.getuid?.()} write to one of them, or set STATE_DIR to a folder that it can write.`,
    );
  }
  return { ...pathsIn(folder, real), ids: await idsFor(real, folder) };
}

/** Where the lock may be: beside the database, and in the state folder. Who holds it may write elsewhere than this user. */
export async function lockPathsOf(databasePath: string, stateDir: string): Promise<Omit<LockFiles, 'ids'>[]> {
  const real = await realDatabasePath(databasePath);
  return [path.dirname(real), stateDir].map((folder) => pathsIn(folder, real));
}

function pathsIn(folder: string, database: string): Omit<LockFiles, 'ids'> {
  const stem = path.join(folder, path.basename(database));
  return { lock: `${stem}.nightshift-lock`, owner: `${stem}.nightshift-owner` };
}

/** Through links, so that all names of a database have one lock; in the middle of a restore the file itself may be absent. */
async function realDatabasePath(file: string): Promise<string> {
  const realFolder = await realpath(path.dirname(file)).catch(() => path.dirname(file));
  return realpath(file).catch(() => path.join(realFolder, path.basename(file)));
}

async function idsFor(database: string, folder: string): Promise<LockFiles['ids']> {
  if (process.geteuid?.() !== 0) return null;
  const { uid, gid } = await stat(database).catch(() => stat(folder));
  return { uid, gid };
}

async function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}
