import { statSync } from 'node:fs';

/** The -wal and -journal of a database that hold something, which may not be in its own file yet. */
export function pendingFiles(database: string): string[] {
  return ['-wal', '-journal'].map((ending) => database + ending).filter((file) => (stateOf(file)?.bytes ?? 0n) > 0n);
}

/**
 * A text that stays the same while nothing is written to a database, wherever it is renamed to: inode, size and time of the last
 * write, of the file and of a -wal or -journal that holds something. Null: there is no file.
 */
export function fileState(database: string): string | null {
  const states = [database, ...pendingFiles(database)].map((file) => stateOf(file)?.text);
  return states[0] === undefined ? null : states.join(', ');
}

function stateOf(file: string): { readonly text: string; readonly bytes: bigint } | null {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : { text: `${found.ino}:${found.size}:${found.mtimeNs}`, bytes: found.size };
}
