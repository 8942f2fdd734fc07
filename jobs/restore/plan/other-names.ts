import { statSync } from 'node:fs';
import path from 'node:path';
import { quoteWords } from '../../runtime/shell-quoting.ts';
import { mountPoints } from '../usage/host-environment.ts';
import { inodeKey } from '../usage/open-file-holders.ts';
import { textOf } from '../usage/proc-files.ts';

/**
 * Other names of the current file: a restore replaces one, and whoever opens another goes on with the old data. Hard links
 * are only counted; mounts of the file alone are those that this process sees.
 */
export function otherNamesRemarks(database: string): string[] {
  const found = statSync(database, { throwIfNoEntry: false });
  if (found === undefined) return [];
  const mounted = mountsOfFile(database).map(
    (place) => `${database} is also mounted at ${place}, which keeps the old data until it is mounted again`,
  );
  return [...hardLinkRemarks(database, found.nlink), ...mounted];
}

function hardLinkRemarks(database: string, nlink: number): string[] {
  if (nlink <= 1) return [];
  const names =
    nlink === 2 ? 'another name (a hard link), which keeps' : `${nlink - 1} other names (hard links), which keep`;
  const find = quoteWords(['find', path.dirname(database), '-xdev', '-samefile', database]);
  return [`${database} has ${names} the old data; to look in its folder: \`${find}\``];
}

/** Where the file itself is mounted, as with `mount --bind`. Only mounts of a file of its name are looked at. */
function mountsOfFile(database: string): string[] {
  const own = inodeKey(database);
  return mountPoints(textOf('/proc/self/mountinfo'))
    .filter(({ root }) => path.basename(root) === path.basename(database))
    .map(({ mountPoint }) => mountPoint)
    .filter((place) => place !== database && inodeKey(place) === own);
}
