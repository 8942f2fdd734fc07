import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import Sqlite from 'better-sqlite3';
import { copyCheckout } from '../../copy-checkout.ts';
import { type PasteOptions, paste } from './paste.ts';
import { shellBlocks } from './shell-blocks.ts';

/** Somebody with a fresh checkout, a small database and one shell, who pastes. */
export type Reader = {
  readonly checkout: string;
  readonly home: string;
  /** A database with orders of the last forty days. */
  readonly database: string;
  /** Pastes the block into the shell of those before it: what they exported is there. Returns the screen. */
  pastes(id: string, options?: Partial<Pick<PasteOptions, 'put' | 'answers'>>): Promise<string>;
};

export function makeReader(t: TestContext, environment: Readonly<Record<string, string>> = {}): Reader {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-paste-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [checkout, home, bin] = ['checkout', 'home', 'bin'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const made of [checkout, home, bin, path.join(folder, 'data'), path.join(folder, 'backups')]) mkdirSync(made);
  copyCheckout(checkout);
  // The command of a deployed host; a browser.
  writeFileSync(path.join(bin, 'nightshift'), `#!/bin/sh\nexec node ${checkout}/jobs/nightshift.mjs "$@"\n`);
  writeFileSync(path.join(bin, 'xdg-open'), '#!/bin/sh\n');
  for (const name of ['nightshift', 'xdg-open']) chmodSync(path.join(bin, name), 0o755);
  const database = path.join(folder, 'data', 'csv_data.db');
  makeOrders(database);
  const exported = path.join(folder, 'exported');
  const { PATH } = process.env;
  const shell = {
    PATH: `${bin}:${PATH}`,
    HOME: home,
    TERM: 'dumb',
    npm_config_update_notifier: 'false',
    ...environment,
  };
  return {
    checkout,
    home,
    database,
    async pastes(id, { put = {}, answers = [] } = {}) {
      const block = shellBlocks().find((each) => each.id === id);
      if (block === undefined) throw new Error(`No document has the block ${id} any more.`);
      const before = existsSync(exported) ? readFileSync(exported, 'utf8') : '';
      const around = `${before}\ntrap 'export -p > ${exported}' EXIT\n`;
      return await paste({ around, text: block.text }, { put, answers, cwd: checkout, environment: shell });
    },
  };
}

function makeOrders(file: string): void {
  const db = new Sqlite(file);
  db.exec(`PRAGMA journal_mode = WAL; CREATE TABLE orders (id INTEGER PRIMARY KEY, ordered_at TEXT NOT NULL, total REAL NOT NULL);
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 399)
      INSERT INTO orders SELECT i + 1, date('now', printf('-%d days', i / 10)) || ' 10:00:00', 10 + i % 7 FROM n;`);
  db.close();
}
