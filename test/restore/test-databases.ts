import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import Sqlite from 'better-sqlite3';
import { databaseParts } from '../../jobs/restore/files/names.ts';
import { compileCache } from '../compile-cache.ts';
import { program } from '../nightshift.ts';
import { eraOf } from './fake-engine.ts';

const killedWriter = path.join(import.meta.dirname, 'killed-writer-process.ts');

/** Orders in the backup; in the old database's file; committed after that, and still in its -wal. */
export const orders = { new: 2000, oldInFile: 500, oldInWal: 300 } as const;

/**
 * A shop at two times: the store holds a verified backup of the new one; in the database's place lies the old one, left with a
 * hot -wal by a writer that was killed.
 */
export type TestDatabases = {
  readonly folder: string;
  readonly database: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Puts the old database back, and nothing else. */
  reset(): void;
  remove(): void;
};

export function makeTestDatabases(): TestDatabases {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
  const [data, fixture] = [path.join(folder, 'data'), path.join(folder, 'fixture')];
  for (const name of ['data', 'fixture', 'state', 'staging', 'store']) mkdirSync(path.join(folder, name));
  const database = path.join(data, 'shop.db');
  const environment = {
    ...compileCache,
    DATABASE_PATH: database,
    BACKUP_STORE: pathToFileURL(path.join(folder, 'store')).href,
    STATE_DIR: path.join(folder, 'state'),
    STAGING_DIR: path.join(folder, 'staging'),
  };
  makeShop(database, 'new', orders.new);
  execFileSync(process.execPath, [program, 'backup'], { env: environment, stdio: 'pipe' });
  // On a Sunday it makes a weekly, too.
  rmSync(path.join(folder, 'store/sqlite-backups/weekly'), { recursive: true, force: true });
  rmSync(data, { recursive: true });
  mkdirSync(data);
  makeShop(database, 'old', orders.oldInFile);
  spawnSync(process.execPath, [killedWriter, database, moreOrders(orders.oldInWal)]);
  cpSync(data, fixture, { recursive: true });
  return {
    folder,
    database,
    environment,
    reset() {
      rmSync(data, { recursive: true });
      mkdirSync(data);
      for (const name of readdirSync(fixture)) cpSync(path.join(fixture, name), path.join(data, name));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function makeShop(file: string, era: string, count: number): void {
  const connection = new Sqlite(file);
  connection.pragma('journal_mode = WAL');
  connection.exec(`CREATE TABLE era (name TEXT); INSERT INTO era VALUES ('${era}'); CREATE TABLE visits (text TEXT);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, total REAL); ${moreOrders(count)}`);
  connection.close();
}

function moreOrders(count: number): string {
  return `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
    INSERT INTO orders (total) SELECT i * 1.5 FROM n;`;
}

/** As after services that were stopped in order: all is in the file itself, and no -wal beside it. */
export function foldWal(file: string): void {
  const connection = new Sqlite(file);
  connection.pragma('wal_checkpoint(TRUNCATE)');
  connection.close();
}

/** `old, 800 orders, ok`: what a copy of the file and its sidecars holds, and its integrity. The files stay as they are. */
export function holds(file: string): string {
  if (!existsSync(file)) return 'nothing';
  const copies = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
  const copy = path.join(copies, 'copy.db');
  for (const part of databaseParts) if (existsSync(file + part)) cpSync(file + part, copy + part);
  const connection = new Sqlite(copy);
  const count = connection.prepare('SELECT count(*) FROM orders').pluck().get();
  const integrity = connection.pragma('integrity_check', { simple: true });
  connection.close();
  const era = eraOf(copy);
  rmSync(copies, { recursive: true });
  return `${era}, ${count} orders, ${integrity}`;
}

export const complete = {
  new: `new, ${orders.new} orders, ok`,
  old: `old, ${orders.oldInFile + orders.oldInWal} orders, ok`,
} as const;
