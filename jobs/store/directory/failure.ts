import { Failure, systemCodeOf } from '../../runtime/errors.ts';

/** The Failure for what the file system reported while `doing` ("writing /backups/a.gz") in the folder of a store. */
export function directoryFailure(error: unknown, doing: string, folder: string): Failure {
  if (error instanceof Failure) return error;
  const code = systemCodeOf(error);
  const found = error instanceof Error ? error.message : String(error);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new Failure(
        'STORE_FULL',
        `There is no room left for ${doing} (${code}).`,
        `Make room on the disk of ${folder}, or keep fewer backups with BACKUP_RETENTION_DAILY.`,
        error,
      );
    case 'EACCES':
    case 'EPERM':
      return new Failure(
        'STORE_DENIED',
        `This user may not do this: ${doing} (${code}).`,
        `Give uid ${process.getuid?.() ?? 'of this process'} the right to read and write ${folder} and everything in it.`,
        error,
      );
    case 'EROFS':
      return new Failure(
        'STORE_DENIED',
        `The disk is mounted read-only, which stopped ${doing} (${code}).`,
        `Mount the disk of ${folder} with write access; if it became read-only by itself, check it for errors first.`,
        error,
      );
    case 'ENOTDIR':
    case 'EEXIST':
      return new Failure(
        'STORE_FAILED',
        `A file is in the way of a folder, which stopped ${doing} (${code}).`,
        `Check BACKUP_STORE: ${folder} and what is between it and its backups must be folders.`,
        error,
      );
    case 'ESTALE':
    case 'ENOTCONN':
    case 'EHOSTDOWN':
    case 'EHOSTUNREACH':
    case 'ETIMEDOUT':
      return new Failure(
        'STORE_UNREACHABLE',
        `The network disk did not respond while ${doing} (${code}).`,
        `Check the mount of ${folder} and the machine that serves it.`,
        error,
      );
    default:
      return new Failure(
        'STORE_FAILED',
        `The file system refused ${doing}: ${found}`,
        `Check the disk of ${folder}; the system's own log says more.`,
        error,
      );
  }
}
