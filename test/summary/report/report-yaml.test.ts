import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { profileDatabase } from '../../../jobs/summary/profile/profile.ts';
import { startQueryRunner } from '../../../jobs/summary/queries/query-runner.ts';
import { parseReport } from '../../../jobs/summary/report/read-report.ts';
import { reportYaml } from '../../../jobs/summary/report/report-yaml.ts';
import { databaseWith, pageOf, zone } from '../database.ts';

const shop = `CREATE TABLE orders (id INTEGER PRIMARY KEY, ordered_at TEXT, total REAL, channel TEXT, status TEXT);
  WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 599)
  INSERT INTO orders SELECT NULL, date('2025-11-24', '-' || (59 - i / 10) || ' days'), 10.25 + i % 7, CASE i % 2 WHEN 0 THEN 'it''s "web": #1' ELSE 'shop' END, 'paid' FROM n;`;

test('the report made by profiling gives the same page as profiling', async (t) => {
  const file = databaseWith(t, shop);
  const { run, close } = startQueryRunner(file, zone, new AbortController().signal);
  const { report, assumptions } = await profileDatabase(run, 'shop', '2025-11-24', zone).finally(close);
  if (report === null) throw new Error('the shop has tables');
  const yaml = reportYaml(report, assumptions);
  assert.deepEqual(parseReport(yaml), { report, problems: [] });
  const { assumptions: made, headline, ...page } = await pageOf(file);
  const { assumptions: none, ...pinned } = await pageOf(file, { yaml });
  assert.deepEqual(pinned, page);
  assert.deepEqual([none, made.slice(0, -1), headline?.kind], [[], assumptions, 'sure']);
});

test('it begins with the schema for editors, which is there, and with the assumptions', () => {
  const { report } = parseReport('title: Shop\nblocks: [{ kind: text, title: Hello, sql: "SELECT \'a\'" }]');
  if (report === null) throw new Error('the report is sound');
  const text = reportYaml(report, ['Each row counts.', 'It is Monday.']);
  const [, schema = ''] = /^# yaml-language-server: \$schema=(.*)$/m.exec(text) ?? [];
  assert.equal(existsSync(schema), true);
  assert.equal(
    text.split('\n').slice(1).join('\n'),
    `# Each row counts.
# It is Monday.

title: Shop
locale: en-MY
blocks:
  - kind: text
    title: Hello
    sql: SELECT 'a'
`,
  );
});
