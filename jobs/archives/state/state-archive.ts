import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { Failure } from '../../runtime/errors.ts';
import { finishPrivateCopy } from '../../sqlite/snapshot/private-copy.ts';
import { isStateFile } from './state-files.ts';

// One SQLite file holds the others, in SQLite's own archive format (https://www.sqlite.org/sqlar.html): `sqlite3 FILE -Ax` gives
// them without nightshift. Beside them, the hash of each and what the whole is.

export type StateFile = { readonly name: string; readonly data: Buffer };

/** `since`: when the history began that is in it; the same for all state backups of a host. */
export type StateOrigin = { readonly takenAt: Temporal.Instant; readonly since: Temporal.Instant | null };

const regularFile = 0o100_600;

/** Writes the files `names` of `folder` into the new file `to`, on the disk. */
export async function packState(
  folder: string,
  names: readonly string[],
  { takenAt, since }: StateOrigin,
  to: string,
): Promise<void> {
  const db = new Sqlite(to);
  try {
    db.pragma('synchronous = OFF');
    db.exec(`CREATE TABLE sqlar (name TEXT PRIMARY KEY, mode INT, mtime INT, sz INT, data BLOB);
      CREATE TABLE hashes (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL);
      CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);`);
    const seconds = Math.floor(takenAt.epochMilliseconds / 1000);
    for (const name of names) {
      const data = readFileSync(path.join(folder, name));
      // As many bytes as it has means: not compressed. The whole is compressed afterwards.
      db.prepare('INSERT INTO sqlar VALUES (?, ?, ?, ?, ?)').run(name, regularFile, seconds, data.length, data);
      db.prepare('INSERT INTO hashes VALUES (?, ?)').run(name, sha256(data));
    }
    const about = db.prepare('INSERT INTO about VALUES (?, ?)');
    about.run('taken-at', takenAt.toString());
    if (since !== null) about.run('since', since.toString());
  } finally {
    db.close();
  }
  await finishPrivateCopy(to);
}

/** What `packState` wrote, from its bytes; `key` is how failures name it. Throws ARCHIVE_UNREADABLE. */
export function unpackState(packed: Buffer, key: string): StateOrigin & { readonly files: readonly StateFile[] } {
  let db: Sqlite.Database | null = null;
  try {
    db = new Sqlite(packed, { readonly: true });
    const found = db.pragma('integrity_check(1)', { simple: true });
    if (found !== 'ok') throw new Error(String(found));
    const about = new Map(
      db
        .prepare<[], { name: string; value: string }>('SELECT name, value FROM about')
        .all()
        .map(({ name, value }) => [name, value]),
    );
    const since = about.get('since');
    const files = db
      .prepare<[], StateFile & { sz: number; sha256: string | null }>(
        'SELECT sqlar.name, data, sz, sha256 FROM sqlar LEFT JOIN hashes ON hashes.name = sqlar.name ORDER BY sqlar.name',
      )
      .all()
      .map(({ name, data, sz, sha256: expected }) => {
        if (!isStateFile(name)) throw new Error(`it holds ${JSON.stringify(name)}, which is no file of a state`);
        if (data.length !== sz || sha256(data) !== expected) throw new Error(`${name} in it is not what was stored`);
        if (name.endsWith('.db')) requireSound(data, name);
        return { name, data };
      });
    if (files.length === 0) throw new Error('it holds no file');
    return {
      takenAt: Temporal.Instant.from(about.get('taken-at') ?? ''),
      since: since === undefined ? null : Temporal.Instant.from(since),
      files,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(
      'ARCHIVE_UNREADABLE',
      `${key} is no state backup that can be used (${reason}).`,
      'Choose an earlier one: `nightshift restore --state NAME`. `nightshift restore --state --dry-run` lists them.',
      error,
    );
  } finally {
    db?.close();
  }
}

function requireSound(data: Buffer, name: string): void {
  const db = new Sqlite(data, { readonly: true });
  try {
    const found = db.pragma('integrity_check(1)', { simple: true });
    if (found !== 'ok') throw new Error(`${name} in it is damaged: ${String(found)}`);
  } finally {
    db.close();
  }
}

function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
