import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from './errors.ts';

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
  const stem = path.join(folder, path.basename(real));
  const lock = `${stem}.nightshift-lock`;
  return { lock, owner: `${stem}.nightshift-owner`, ids: await idsFor(real, folder) };
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
