import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import Sqlite from 'better-sqlite3';
import { nightshift } from '../../../nightshift.ts';
import type { PowerCutSubject } from '../power-cuts.ts';

export const backupSubject: PowerCutSubject = {
  name: 'backup to a folder',
  promise: 'every listed backup verifies, none that was reported is lost, and the next backup works',
  async prepare(folder) {
    // Elsewhere, so that flushes of the history do not help the store.
    const host = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
    for (const name of ['state', 'staging']) mkdirSync(path.join(host, name));
    const database = path.join(host, 'shop.db');
    const environment = {
      DATABASE_PATH: database,
      BACKUP_STORE: pathToFileURL(path.join(folder, 'store')).href,
      STATE_DIR: path.join(host, 'state'),
      STAGING_DIR: path.join(host, 'staging'),
      BACKUP_RETENTION_DAILY: '2',
      TIME_ZONE: 'UTC',
    };
    const sql = (statements: string) => new Sqlite(database).exec(statements).close();
    const succeed = async (...args: string[]) => {
      const { code, out, err } = await nightshift(args, environment);
      if (code !== 0) throw new Error(`nightshift ${args.join(' ')}: ${out}${err}`);
      return out;
    };
    const listed = async (): Promise<string[]> =>
      JSON.parse(await succeed('list', '--json')).map(({ key }: { readonly key: string }) => key);
    sql(`PRAGMA journal_mode = WAL; CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT);
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO orders SELECT i, hex(randomblob(20)) FROM n;`);
    await succeed('backup');
    const [first = ''] = await listed();
    /** The history as it was when so many backups had been reported. */
    const historyAfter = (reported: number) => path.join(host, `state-${reported}`);
    const keepHistory = (reported: number) =>
      cpSync(environment.STATE_DIR, historyAfter(reported), { recursive: true });
    return {
      async run(mark) {
        mark(first);
        keepHistory(1);
        sql("INSERT INTO orders (note) VALUES ('changed')");
        await succeed('backup');
        mark((await listed()).find((key) => key !== first && key.includes('/daily/')) ?? 'no second backup');
        keepHistory(2);
      },
      async check(marks) {
        rmSync(environment.STATE_DIR, { recursive: true });
        cpSync(historyAfter(marks.length), environment.STATE_DIR, { recursive: true });
        try {
          const before = await listed();
          const lost = marks.filter((key) => !before.includes(key));
          await succeed('verify', '--all');
          await succeed('backup');
          await succeed('verify', '--all');
          return lost.map((key) => `${key} was reported and is lost`);
        } catch (error) {
          return [String(error)];
        }
      },
      async close() {
        rmSync(host, { recursive: true });
      },
    };
  },
};
