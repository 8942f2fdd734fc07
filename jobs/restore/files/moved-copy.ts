import path from 'node:path';
import { Failure } from '../../runtime/errors.ts';

/** A safety copy that takes the database's place itself: nothing is staged for it. */
export type MovedCopy = {
  /** Its file name, beside the database. No sidecar of it holds anything. */
  readonly name: string;
};

/** Where it comes from, and goes back to. */
export function movedPath(database: string, { name }: MovedCopy): string {
  return path.join(path.dirname(database), name);
}

/** The BACKUP_WRONG of a safety copy that was verified and is not the same any more. */
export function changedFailure(source: string): Failure {
  return new Failure(
    'BACKUP_WRONG',
    `${source} was written to since it was verified.`,
    'Find out what has it open (`fuser -v FILE`), stop that, and run it again.',
  );
}
