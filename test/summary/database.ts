import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import Sqlite from 'better-sqlite3';
import { type MakePageDeps, makePage } from '../../jobs/summary/page/make-page.ts';
import type { Block, SummaryPage } from '../../jobs/summary/page/page-model.ts';
import { parseReport } from '../../jobs/summary/report/read-report.ts';

export const zone = 'Asia/Kuala_Lumpur';
const writtenAt = Temporal.Instant.from('2025-11-25T07:30:00+08:00').epochMilliseconds / 1000;
const backup = { ok: true, message: 'The last backup is 6 h old.' };

/** An SQLite file with what the statements put in it. */
export function databaseWith(t: TestContext, statements: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-page-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'shop.db');
  const db = new Sqlite(file);
  db.pragma('journal_mode = WAL');
  db.pragma('foreign_keys = OFF');
  db.exec(statements);
  db.close();
  utimesSync(file, writtenAt, writtenAt);
  return file;
}

type Changes = Partial<Omit<MakePageDeps, 'database' | 'report'>> & {
  readonly day?: string;
  readonly yaml?: string;
  readonly now?: string;
};

/** The page of 24 November 2025, a Monday, made the next day; `yaml`: of a report. Spaces that do not break are plain. */
export async function pageOf(
  file: string,
  { yaml, now = '2025-11-25T08:00:00', day = '2025-11-24', ...changes }: Changes = {},
): Promise<SummaryPage> {
  const parsed = yaml === undefined ? { report: null, problems: [] } : parseReport(yaml);
  if (parsed.problems.length > 0) throw new Error(JSON.stringify(parsed.problems));
  const at = Temporal.PlainDateTime.from(now)
    .toZonedDateTime(changes.zone ?? zone)
    .toInstant();
  const page = await makePage(day, {
    database: { name: 'shop', path: file },
    report: parsed.report,
    zone,
    clock: { now: () => at },
    backup,
    signal: new AbortController().signal,
    ...changes,
  });
  return JSON.parse(JSON.stringify(page).replaceAll('\u00a0', ' ')) as SummaryPage;
}

/** Every block in a line: what a reader would see of it. */
export function outline(page: SummaryPage): string[] {
  return page.blocks.map(lineOf);
}

function lineOf(block: Block): string {
  switch (block.kind) {
    case 'kpi': {
      const compared = block.comparisons.map(({ to, change }) => `${change} ${to}`);
      return [block.title, block.value, ...compared, block.anomaly].filter((text) => text !== null).join('; ');
    }
    case 'series':
      return block.alt;
    case 'table':
    case 'exceptions': {
      const rows = [block.columns.map(({ title }) => title), ...block.rows].map((row) => row.join(' | '));
      return `${block.title}: ${rows.join(' / ')}${block.omittedRows > 0 ? ` / ${block.omittedRows} more` : ''}`;
    }
    case 'text':
      return `${block.title}: ${block.text}`;
    case 'failed':
      return `${block.title} FAILED: ${block.reason}`;
  }
}
