import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../runtime/errors.ts';

/**
 * Names of the entries of the folder `folderKey` (empty, or ending with `/`) of the store at `root`. Throws
 * STORE_NAME_UNREADABLE for a name that is not UTF-8 and may begin with `prefix`: left out, it would seem not to exist.
 */
export async function listNames(root: string, folderKey: string, prefix: string): Promise<string[]> {
  const folder = path.resolve(root, folderKey);
  const names: string[] = [];
  for (const bytes of await readdir(folder, { encoding: 'buffer' })) {
    const name = decoded(bytes);
    if (name !== null) names.push(name);
    else if (mayMatchPrefix(Buffer.concat([Buffer.from(folderKey), bytes]), prefix))
      throw unreadableName(bytes, folder);
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
function mayMatchPrefix(key: Buffer, prefix: string): boolean {
  const wanted = Buffer.from(prefix);
  const both = Math.min(key.length, wanted.length);
  return key.subarray(0, both).equals(wanted.subarray(0, both));
}

function unreadableName(bytes: Buffer, folder: string): Failure {
  const shown = bytes.toString('latin1').replace(/[^ -~]/g, (sign) => `\\x${sign.charCodeAt(0).toString(16)}`);
  return new Failure(
    'STORE_NAME_UNREADABLE',
    `A name in ${folder} cannot be read, because it is not UTF-8: ${shown}`,
    'Rename it (`ls -b` shows it), or move it out of the folder of the backups.',
  );
}
