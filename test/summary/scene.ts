import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import Sqlite from 'better-sqlite3';
import type { Environment } from '../../jobs/runtime/cli-context.ts';
import type { Log } from '../../jobs/runtime/log.ts';
import { readSummarySettings, type SummarySettings } from '../../jobs/settings/settings.ts';
import { createMailer } from '../../jobs/summary/mailer.ts';
import { createSummaryDeps, type SummaryDeps } from '../../jobs/summary/summary-deps.ts';
import type { TestSmtpServer } from '../smtp-server.ts';

/** A small shop, and all that sends its summary, on a clock that stands where the test puts it. */
export type SummaryScene = {
  readonly folder: string;
  readonly environment: Environment;
  readonly settings: SummarySettings;
  readonly deps: SummaryDeps;
  /** Lines of the log. */
  readonly lines: string[];
  /** Local time, in Kuala Lumpur. */
  setClock(local: string): void;
};

/** The day that the summaries of these tests are about; the clock stands at 08:00 of the next. */
export const day = '2025-11-30';

type SceneOptions = {
  readonly recipients?: readonly string[];
  readonly environment?: Environment;
  readonly server?: Pick<TestSmtpServer, 'smtp'>;
  readonly mail?: Parameters<typeof createMailer>[1];
  /** Where it lies, in place of a folder of its own. */
  readonly folder?: string;
};

export function makeSummaryScene(t: Pick<TestContext, 'after'>, options: SceneOptions = {}): SummaryScene {
  const { recipients = ['owner@example.com'], server, mail } = options;
  const { folder = mkdtempSync(path.join(tmpdir(), 'nightshift-summary-')) } = options;
  mkdirSync(path.join(folder, 'state'));
  const file = path.join(folder, 'shop.db');
  makeShopFile(file);
  const environment = {
    DATABASE_PATH: file,
    STATE_DIR: path.join(folder, 'state'),
    SUMMARY_RECIPIENTS: recipients.join(','),
    ...options.environment,
  };
  const read = readSummarySettings(environment);
  const smtp = server?.smtp ?? null;
  const summary = { ...read.summary, smtp, from: smtp?.from ?? read.summary.from };
  let now = instantOf('2025-12-01T08:00:00');
  const lines: string[] = [];
  const log: Log = {
    line: (text) => lines.push(text),
    warn: (text) => lines.push(`WARNING ${text}`),
    failure: ({ code }) => lines.push(`ERROR ${code}`),
  };
  const signal = new AbortController().signal;
  const settings = { ...read, summary };
  const deps = createSummaryDeps(settings, { clock: { now: () => now }, log, signal });
  t.after(() => {
    deps.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder,
    environment,
    settings,
    deps: mail === undefined ? deps : { ...deps, mailer: createMailer(summary, mail) },
    lines,
    setClock(local) {
      now = instantOf(local);
    },
  };
}

export function instantOf(local: string, zone = 'Asia/Kuala_Lumpur'): Temporal.Instant {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(zone).toInstant();
}

/** Forty days of orders up to 2025-11-30, a few each day. */
function makeShopFile(file: string): void {
  const db = new Sqlite(file);
  db.exec(`
    CREATE TABLE orders (id INTEGER PRIMARY KEY, ordered_at TEXT NOT NULL, channel TEXT NOT NULL, total REAL NOT NULL);
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 399)
      INSERT INTO orders SELECT i + 1, date('2025-11-30', printf('-%d days', i / 10)) || ' 10:00:00',
        CASE i % 3 WHEN 0 THEN 'web' WHEN 1 THEN 'shop' ELSE 'phone' END, 10 + i % 7 FROM n;`);
  db.close();
}
