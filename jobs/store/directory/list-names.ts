import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../runtime/errors.ts';

/**
 * Names of what lies in the folder `place` (empty, or ending with `/`) of the store at `root`. Throws
 * STORE_NAME_UNREADABLE for a name that is not UTF-8 and may begin with `prefix`: left out, it would pass for not there.
 */
export async function namesIn(root: string, place: string, prefix: string): Promise<string[]> {
  const folder = path.resolve(root, place);
  const names: string[] = [];
  for (const bytes of await readdir(folder, { encoding: 'buffer' })) {
    const name = decoded(bytes);
    if (name !== null) names.push(name);
    else if (isAbout(Buffer.concat([Buffer.from(place), bytes]), prefix)) throw unreadableName(bytes, folder);
  }
  return names;
}

function decoded(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Whether the key may begin with the prefix, or may be a folder above it. */
function isAbout(key: Buffer, prefix: string): boolean {
  const wanted = Buffer.from(prefix);
  const both = Math.min(key.length, wanted.length);
  return key.subarray(0, both).equals(wanted.subarray(0, both));
}

function unreadableName(bytes: Buffer, folder: string): Failure {
  const shown = bytes.toString('latin1').replace(/[^ -~]/g, (sign) => `\\x${sign.charCodeAt(0).toString(16)}`);
  return new Failure(
    'STORE_NAME_UNREADABLE',
    `A name in ${folder} cannot be read, for it is not UTF-8: ${shown}`,
    'Rename it (`ls -b` shows it), or move it out of the folder of the backups.',
  );
}
