import { lstatSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileIdentity, removeDatabaseFiles } from '../files/database-files.ts';
import { fileState } from '../files/file-state.ts';
import { changedFailure } from '../files/moved-copy.ts';
import { mayRenameHere, partPath } from './preflight.ts';
import { cleanUpOnFailure, type StageTarget } from './stage.ts';
import type { StageDeps } from './stage-deps.ts';
import { copiedAndVerified } from './stage-safety-copy.ts';
import type { StagedFile } from './verified-file.ts';

/** Whether a safety copy can take the database's place by a rename: not one that was moved elsewhere and linked to. */
export function isMovable(copy: string): boolean {
  const found = lstatSync(copy, { throwIfNoEntry: false });
  return found?.isFile() === true && found.dev === statSync(path.dirname(copy)).dev && mayRenameHere(copy);
}

/**
 * Verifies a safety copy by a copy of it, which is removed again: the safety copy itself takes the database's place, with owner,
 * mode and all that it has. Throws as `stageSafetyCopy`, and BACKUP_WRONG when something writes to it.
 */
export async function verifySafetyCopy(
  source: string,
  place: StageTarget,
  allowDamaged: boolean,
  deps: StageDeps,
): Promise<StagedFile> {
  const part = partPath(place.file);
  return cleanUpOnFailure(place.file, async () => {
    const state = fileState(source);
    const verified = await copiedAndVerified(source, part, allowDamaged, deps);
    removeDatabaseFiles(part);
    if (fileState(source) !== state) throw changedFailure(source);
    const moved = { name: path.basename(source) };
    await deps.checkpoint('safety copy verified');
    return { file: place.file, ...fileIdentity(source), moved, state, ...verified };
  });
}
