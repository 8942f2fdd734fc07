import assert from 'node:assert/strict';
import { test } from 'node:test';
import { databaseWith, pageOf } from '../database.ts';

const rows = (name: string, count: number) =>
  `CREATE TABLE "${name}" (id INTEGER PRIMARY KEY, tarikh TEXT, nota TEXT, bayaran REAL);
   WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
   INSERT INTO "${name}" SELECT i, date('2025-11-24', '-' || (i / 2) || ' days'), '${name}', 10.5 FROM n;`;

test('a table for each patient: their names are not shown', async (t) => {
  const page = await pageOf(
    databaseWith(t, ['Ahmad bin Ali', 'Siti Aminah', '陈美玲'].map((name) => rows(name, 40)).join('\n')),
  );
  assert.equal(/Ahmad|Siti|陈/.test(JSON.stringify(page)), false);
});

test('a table for each branch is one stream, a copy of it is none', async (t) => {
  const tables = ['sales_bangsar', 'sales_klang', 'sales_ipoh', 'sales_old'].map((name) => rows(name, 40));
  const page = await pageOf(databaseWith(t, tables.join('\n')));
  assert.match(page.opening, /^Yesterday: .*31\.50 from 3 sales/);
});
