import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Failure } from '../../../jobs/runtime/errors.ts';
import { reportJsonSchema } from '../../../jobs/summary/report/json-schema.ts';
import { parseReport, readReport } from '../../../jobs/summary/report/read-report.ts';

const sound = `title: Zara's shop
currency: MYR
locale: en-MY
blocks:
  - kind: kpi
    title: Sales
    format: money
    sql: SELECT day_of(ordered_at) AS day, sum(num(total)) AS value FROM orders WHERE day BETWEEN :from AND :to GROUP BY 1
  - kind: table
    title: Late orders
    sql: SELECT id FROM orders
    rows: 5
`;

/** What is wrong with a text, a line each. */
function problems(text: string): string[] {
  return parseReport(text).problems.map(({ line, column, text: what }) => `${line}:${column} ${what}`);
}

test('a report is read, and what it leaves out has its default', () => {
  assert.deepEqual(parseReport(sound), {
    problems: [],
    report: {
      title: "Zara's shop",
      currency: 'MYR',
      locale: 'en-MY',
      show: [],
      time_limit: 30,
      blocks: [
        {
          kind: 'kpi',
          title: 'Sales',
          format: 'money',
          empty: 'zero',
          sql: 'SELECT day_of(ordered_at) AS day, sum(num(total)) AS value FROM orders WHERE day BETWEEN :from AND :to GROUP BY 1',
        },
        { kind: 'table', title: 'Late orders', sql: 'SELECT id FROM orders', rows: 5, days: 30, formats: {} },
      ],
    },
  });
});

test('every mistake is named at once, in the order of the file, with its line and column', () => {
  const text = `titel: Shop
currency: ringgit
locale: ""
time_limit: 0
blocks:
  - kind: kpi
    title: Sales
    sql: SELECT 1
    colour: red
    format: euro
  - kind: pie
    title: Shares
    sql: SELECT 1
  - kind: table
    title: ""
    rows: many
  - kind: series
    title: By day
    sql: SELECT 1
    days: 400
  - SELECT 1
`;
  assert.deepEqual(problems(text), [
    '1:1 title: is missing',
    '1:1 unknown key titel',
    '2:11 currency: expected a currency of three letters such as MYR or EUR',
    '3:9 locale: expected a language tag such as en-MY or de-DE',
    '4:13 time_limit: is less than 1',
    '9:5 blocks 1: unknown key colour',
    '10:13 blocks 1 format: expected one of "number"|"money"|"percent"',
    '11:11 blocks 2 kind: is not one of kpi, series, table, exceptions, text',
    '14:5 blocks 3 sql: is missing',
    '15:12 blocks 3 title: is empty',
    '16:11 blocks 3 rows: expected number, received string',
    '20:11 blocks 4 days: is more than 366',
    '21:5 blocks 5: expected object, received string',
  ]);
});

for (const [what, text, expected] of [
  ['an empty file', '', ['1:1 title: is missing', '1:1 blocks: is missing']],
  ['a list', '- a\n- b\n', ['1:1 expected object, received array']],
  ['no blocks', 'title: x\nblocks: []\n', ['2:9 blocks: is empty']],
  ['a key twice', 'title: x\ntitle: y\nblocks: []\n', ['2:1 is not valid YAML: Map keys must be unique']],
  [
    'a tab in front',
    'title: x\nblocks:\n\t- kind: kpi\n',
    ['3:1 is not valid YAML: Tabs are not allowed as indentation'],
  ],
  ['a quote left open', 'title: "x\nblocks: []\n', ['3:1 is not valid YAML: Missing closing "quote']],
] as const) {
  test(`a report that is ${what}`, () => {
    assert.deepEqual(problems(text), expected);
  });
}

test('a report file that cannot be used stops the summary and names each position', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-report-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'summary.yaml');
  writeFileSync(file, sound.replace('rows: 5', 'row: 5').replace('MYR', 'XXXX'));
  await assert.rejects(readReport(file), (error: unknown) => {
    assert.ok(error instanceof Failure);
    assert.deepEqual(
      [error.code, error.message, error.hint],
      [
        'REPORT_INVALID',
        `The report ${file} has 2 mistakes; no summary was made.`,
        `${file}:2:11 currency: expected a currency of three letters such as MYR or EUR\n${file}:12:5 blocks 2: unknown key row`,
      ],
    );
    return true;
  });
  await assert.rejects(readReport(path.join(folder, 'none.yaml')), {
    code: 'REPORT_INVALID',
    message: `The report ${path.join(folder, 'none.yaml')} cannot be read (ENOENT).`,
  });
});

test('the JSON Schema that editors use is the one that the program validates with', () => {
  const file = path.resolve(import.meta.dirname, '../../../jobs/summary/report/report.schema.json');
  if (process.env['UPDATE_SCHEMA']) writeFileSync(file, reportJsonSchema());
  const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
  assert.deepEqual(
    kept,
    JSON.parse(reportJsonSchema()),
    'UPDATE_SCHEMA=1 node --test test/summary/report/report.test.ts writes it again',
  );
});
