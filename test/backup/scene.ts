import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import Sqlite from 'better-sqlite3';
import type { Command } from 'commander';
import type { BackupDeps } from '../../jobs/backup/backup.ts';
import type { History } from '../../jobs/monitoring/history/history.ts';
import { openHistory } from '../../jobs/monitoring/history/open-history.ts';
import type { CliContext, Environment } from '../../jobs/runtime/cli-context.ts';
import { createLog } from '../../jobs/runtime/log.ts';
import { noProgress } from '../../jobs/runtime/progress.ts';
import type { Database } from '../../jobs/settings/databases.ts';
import { type BackupSettings, readBackupSettings } from '../../jobs/settings/settings.ts';
import { openStore } from '../../jobs/store/open.ts';
import type { ObjectStore } from '../../jobs/store/store.ts';

/** A shop with a database, its folders, a store, and a clock that stands where the test puts it. */
export type Scene = {
  readonly folder: string;
  readonly database: Database;
  readonly settings: BackupSettings;
  readonly environment: Environment;
  readonly store: ObjectStore;
  readonly history: History;
  /** Lines of the log, without their times. */
  readonly lines: string[];
  /** Local time, in Kuala Lumpur. */
  setClock(local: string): void;
  deps(changes?: Partial<BackupDeps>): BackupDeps;
  /** Runs a command of the CLI in this process and returns what it printed, on either stream. */
  command(command: (context: CliContext) => Command, args: readonly string[]): Promise<string>;
  sql(statements: string): void;
  /** Keys of backups and what is beside them, below the prefix; without those of state backups. */
  keys(): Promise<string[]>;
  /** Work files in the staging folder: all but the kept archives, in `memory`. */
  staged(): string[];
};

export async function makeScene(t: TestContext, environment: Environment = {}): Promise<Scene> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
  for (const name of ['data', 'state', 'staging', 'store']) mkdirSync(path.join(folder, name));
  const file = path.join(folder, 'data', 'shop.db');
  const full: Environment = {
    DATABASE_PATH: file,
    BACKUP_STORE: pathToFileURL(path.join(folder, 'store')).href,
    STATE_DIR: path.join(folder, 'state'),
    STAGING_DIR: path.join(folder, 'staging'),
    ...environment,
  };
  const settings = readBackupSettings(full);
  const store = await openStore(settings.store);
  const history = openHistory(settings.stateDir);
  const lines: string[] = [];
  let now = Temporal.ZonedDateTime.from('2025-11-27T02:00:00[Asia/Kuala_Lumpur]').toInstant();
  const clock = { now: () => now };
  const keep = (text: string) => lines.push(text.trimEnd().replace(/^\[.*?\] /, ''));
  const log = createLog(clock, settings.zone, { out: keep, err: keep });
  const sql = (statements: string) => {
    const db = new Sqlite(file);
    db.pragma('journal_mode = WAL');
    db.exec(statements);
    db.close();
  };
  t.after(() => {
    store.close();
    history.close();
    rmSync(folder, { recursive: true, force: true });
  });
  sql(`CREATE TABLE orders (id INTEGER PRIMARY KEY, total REAL); CREATE TABLE notes (text TEXT);
       WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO orders SELECT i, i * 1.5 FROM n;
       INSERT INTO notes VALUES ('first');`);
  return {
    folder,
    database: { name: 'shop', path: file },
    settings,
    environment: full,
    store,
    history,
    lines,
    setClock(local) {
      now = Temporal.PlainDateTime.from(local).toZonedDateTime(settings.zone).toInstant();
    },
    deps: (changes = {}) => ({
      settings,
      store,
      history,
      clock,
      log,
      progress: noProgress,
      waitForNewKey: false,
      signal: new AbortController().signal,
      ...changes,
    }),
    async command(command, args) {
      let text = '';
      const print = (more: string) => {
        text += more;
      };
      const signal = new AbortController().signal;
      const context = { environment: full, clock, signal, out: print, err: print, interactive: false };
      await command(context).parseAsync(args, { from: 'user' });
      return text;
    },
    sql,
    async keys() {
      const below = (await store.list('sqlite-backups/')).map(({ key }) => key.slice('sqlite-backups/'.length));
      return below.filter((key) => !key.startsWith('state/'));
    },
    staged: () => readdirSync(settings.stagingDir).filter((name) => name !== 'memory'),
  };
}
