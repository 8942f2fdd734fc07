import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type Sqlite from 'better-sqlite3';

/** The id lies in a file of its own, too: a history that is begun anew, since the old one was damaged, keeps it. */
const idPath = (stateDir: string) => path.join(stateDir, 'instance-id');

/**
 * Gives an open history, which has its tables, the id of this instance: the one that it has, the one of its STATE_DIR, or a new
 * one, of 16 hexadecimal digits. Throws what SQLite throws.
 */
export function keepInstanceId(db: Sqlite.Database, stateDir: string): void {
  const inFile = readInstanceId(stateDir);
  const insert = db.prepare("INSERT OR IGNORE INTO service (name, value) VALUES ('instance', ?)");
  const known = () =>
    db.prepare("SELECT value FROM service WHERE name = 'instance'").pluck().get() as string | undefined;
  if (known() === undefined) insert.run(inFile ?? randomBytes(8).toString('hex'));
  const id = known();
  if (id === undefined || id === inFile) return;
  try {
    writeFileSync(idPath(stateDir), `${id}\n`);
  } catch {
    // The history has it.
  }
}

/** The id in the file of a state folder; null when there is none that can be read. */
export function readInstanceId(stateDir: string): string | null {
  try {
    const [id = null] = /^[0-9a-f]{16}$/m.exec(readFileSync(idPath(stateDir), 'utf8')) ?? [];
    return id;
  } catch {
    return null;
  }
}
