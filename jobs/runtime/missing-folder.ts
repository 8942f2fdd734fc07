import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Log } from './log.ts';

/** Where the images expect a mount: what were written to a folder made there would be gone with the container. */
const imageMountPoints = ['/data', '/state', '/staging'];

export function isImageMountPoint(folder: string): boolean {
  return imageMountPoints.includes(path.resolve(folder));
}

/**
 * Makes the folder of `setting` when it is missing, is no mount point of the images and the folder above it is there, and says so.
 * Never throws: what is wrong with one that is not made, its user says.
 */
export function makeMissingFolder(folder: string, setting: string, log: Pick<Log, 'line'>): void {
  if (existsSync(folder) || isImageMountPoint(folder)) return;
  try {
    mkdirSync(folder);
    log.line(`made the folder ${folder}, which was missing (${setting})`);
  } catch {
    // Its user reports it.
  }
}
