import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { computeBlock, firstDayOf, maxRowsOf } from '../../../jobs/summary/blocks/block-computations.ts';
import { reportFormat } from '../../../jobs/summary/blocks/locale-format.ts';
import { profileDatabase } from '../../../jobs/summary/profile/profile.ts';
import { openForReports } from '../../../jobs/summary/queries/report-connection.ts';
import { runQuery } from '../../../jobs/summary/queries/run-query.ts';
import { parseReport } from '../../../jobs/summary/report/read-report.ts';
import { reportYaml } from '../../../jobs/summary/report/report-yaml.ts';
import { everyNth } from '../../sampling.ts';

const day = '2025-11-24';
const zone = 'Asia/Kuala_Lumpur';
const secret = 'Siti@example.com';

const values = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    0,
    1,
    -5.25,
    'RM 1,234.50',
    'n/a',
    secret,
    'web',
    'shop',
    Buffer.from('x'),
    '1e400',
  ),
  fc.constantFrom<unknown>(
    '2025-11-24',
    '2025-11-23 23:59:59',
    '24/11/2025',
    '2025-11-24T01:00:00Z',
    1_763_913_600,
    1e300,
  ),
  fc.integer({ min: -1000, max: 100_000 }),
  fc.double({ noNaN: true }),
  fc.string({ maxLength: 8 }).map((text) => text.replaceAll('\0', '')),
);
const columnName = fc.oneof(
  fc.constantFrom(
    'id',
    'Order Date',
    'created_at',
    'total',
    'amount',
    'price',
    'qty',
    'status',
    'category',
    'email',
    'name',
    'guid',
  ),
  fc.string({ minLength: 1, maxLength: 6 }).map((text) => `c${text.replaceAll('\0', '')}`),
);
const table = fc.record({
  name: fc.oneof(fc.constantFrom('orders', 'Invoice', 'customers', 'order_items', 'log', "it's"), columnName),
  columns: fc.uniqueArray(
    fc.record({ name: columnName, type: fc.constantFrom('', 'INTEGER', 'REAL', 'TEXT', 'DATETIME', 'NUMERIC') }),
    { minLength: 1, maxLength: 6, selector: ({ name }) => name.toLowerCase() },
  ),
  rows: fc.array(fc.array(values, { minLength: 6, maxLength: 6 }), { maxLength: 12 }),
});

test('for any tables and rows, every block can be computed, the YAML reads back, and nothing personal is shown', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-any-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const schemas = fc.uniqueArray(table, { maxLength: 4, selector: ({ name }) => name.toLowerCase() });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(schemas, async (tables) => {
      const file = path.join(folder, `${++run}.db`);
      make(file, tables);
      const connection = openForReports(file, zone);
      const { report, assumptions } = await profileDatabase(
        async (query) => runQuery(connection, query),
        'any',
        day,
        zone,
      );
      if (report !== null) {
        const blocks = report.blocks.map((block) => {
          const dates = { day, from: firstDayOf(block, day), to: day };
          const result = runQuery(connection, { sql: block.sql, dates, maxRows: maxRowsOf(block), timeLimitMs: 1000 });
          return computeBlock(block, result, { id: 'x', day, show: [], format: reportFormat('en-MY', 'MYR') }).block;
        });
        assert.deepEqual(
          blocks.filter(({ kind }) => kind === 'failed'),
          [],
        );
        const shown = blocks.filter((block) => block.kind !== 'exceptions');
        assert.equal(JSON.stringify(shown).includes(secret), false);
        assert.deepEqual(parseReport(reportYaml(report, assumptions)), { report, problems: [] });
      }
      assert.equal(report === null, tables.length === 0);
      connection.close();
    }),
    { numRuns: Math.ceil(150 / everyNth(3)) },
  );
});

function make(
  file: string,
  tables: readonly { name: string; columns: readonly { name: string; type: string }[]; rows: readonly unknown[][] }[],
) {
  const db = new Sqlite(file);
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
  for (const { name, columns, rows } of tables) {
    db.exec(
      `CREATE TABLE ${quoted(name)} (${columns.map((column) => `${quoted(column.name)} ${column.type}`).join(', ')})`,
    );
    const insert = db.prepare(`INSERT INTO ${quoted(name)} VALUES (${columns.map(() => '?').join(', ')})`);
    for (const row of rows) insert.run(...row.slice(0, columns.length));
  }
  db.close();
}
