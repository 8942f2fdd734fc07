import { existsSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../runtime/errors.ts';
import { inodeKey } from './open-file-holders.ts';
import { linkTarget, namesIn } from './proc-files.ts';

/** A process that has the deleted database open: what it holds may be the last copy. */
export type DeletedFileHolder = {
  readonly pid: number;
  /** Where the deleted file, and its deleted -wal if there is one, can still be read. */
  readonly file: string;
  readonly wal: string | null;
};

/** Finds processes that have the database open although it was deleted. Empty when the file is in place, or nothing is seen. */
export function findDeletedDatabase(database: string): DeletedFileHolder[] {
  if (existsSync(database)) return [];
  const pids = (namesIn('/proc') ?? []).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.flatMap((pid) => {
    const found = (part: string) =>
      (namesIn(`/proc/${pid}/fd`) ?? [])
        .map((fd) => `/proc/${pid}/fd/${fd}`)
        .find((link) => leadsTo(link, database + part, `/proc/${pid}/root`)) ?? null;
    const file = found('');
    return file === null ? [] : [{ pid: Number(pid), file, wal: found('-wal') }];
  });
}

/** A link shows the path as the process sees it: in a container the folder has another name, and the same inode. */
function leadsTo(link: string, wanted: string, root: string): boolean {
  const target = linkTarget(link) ?? '';
  if (!target.endsWith(' (deleted)')) return false;
  const shown = target.slice(0, -' (deleted)'.length);
  if (path.basename(shown) !== path.basename(wanted)) return false;
  if (shown === wanted) return true;
  const folder = inodeKey(root + path.dirname(shown));
  return folder === null || folder === inodeKey(path.dirname(wanted));
}

/** The refusal, with the commands that rescue it. */
export function deletedDatabaseFailure(database: string, holders: readonly DeletedFileHolder[]): Failure {
  return new Failure(
    'DATABASE_LOST_OPEN',
    deletedDatabaseMessage(database, holders),
    `${deletedDatabaseHint(database, holders)} Nothing was stopped or changed.`,
  );
}

export function deletedDatabaseHint(database: string, holders: readonly DeletedFileHolder[]): string {
  const commands = rescueCommands(database, holders).join('\n');
  return `Do not stop it: first copy the file out.\n${commands}\nThen run it in a terminal without --yes, or add --allow-lost-file: restore then destroys what was not copied.`;
}

export function deletedDatabaseMessage(database: string, holders: readonly DeletedFileHolder[]): string {
  const pids = holders.map(({ pid }) => `process ${pid}`).join(' and ');
  return `${database} was deleted, but is still open in ${pids}: that may be the last copy, and it is gone once it stops.`;
}

/** `cp` for the file of each process, and for its -wal where there is one. */
export function rescueCommands(database: string, holders: readonly DeletedFileHolder[]): string[] {
  return holders.flatMap(({ pid, file, wal }) => {
    const rescue = `${database}.rescue-${pid}`;
    const walNow = wal ?? (existsSync(`${database}-wal`) ? `${database}-wal` : null);
    return [`cp ${file} ${rescue}`, ...(walNow === null ? [] : [`cp ${walNow} ${rescue}-wal`])];
  });
}
