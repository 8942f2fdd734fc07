import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { createSqliteHistory } from './sqlite-history.ts';

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

/**
 * Gives the history in `file`, of another host, the id of the STATE_DIR that it is brought to, or a new one, and records that it
 * replaced its own `at`: what the other host takes later is then told apart. May be done twice. Returns the file of the id, which is new
 * or as it was. Throws what SQLite and writing throw.
 */
export function takeOverInstance(file: string, stateDir: string, at: Temporal.Instant): string {
  const id = readInstanceId(stateDir) ?? randomBytes(8).toString('hex');
  const idFile = idPath(stateDir);
  writeFileSync(idFile, `${id}\n`, { flush: true });
  const db = new Sqlite(file, { fileMustExist: true });
  try {
    db.pragma('journal_mode = DELETE');
    const history = createSqliteHistory(db, file);
    const { own } = history.instances();
    if (own === id) return idFile;
    db.transaction(() => {
      if (own !== null) history.recordReplacedInstance(own, at);
      db.prepare("INSERT OR REPLACE INTO service (name, value) VALUES ('instance', ?)").run(id);
    })();
    return idFile;
  } finally {
    db.close();
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
