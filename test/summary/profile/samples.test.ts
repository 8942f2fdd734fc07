import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { needs } from '../../lab/parts.ts';
import { outline, pageOf } from '../database.ts';

/** A copy of a sample database, beside which SQLite may write. */
function sample(t: TestContext, name: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-sample-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, name);
  copyFileSync(path.join(process.env['LAB_SAMPLES'] ?? '', name), file);
  return file;
}

test('GnuCash: a book kept by somebody else', needs('samples'), async (t) => {
  const page = await pageOf(sample(t, 'complex_sample.gnucash'), { day: '2014-12-24' });
  assert.deepEqual(
    [page.opening, page.warnings, ...outline(page).slice(0, -1)],
    [
      'Wednesday, 24 December 2014: 4 rows were added to transactions; does “post_date” or “enter_date” say the day of a sale? It takes a minute to confirm.',
      [],
      'Rows added to transactions; 4',
      'Rows added to transactions by day, 25 Nov to 24 Dec: 4 on 24 Dec; highest 4 on 24 Dec, lowest 4 on 24 Dec, 4 a day on average.',
      'Data health: table | rows | that day | 30 days | newest / slots | 26 | – | – | – / splits | 25 | – | – | – / versions | 24 | – | – | – / accounts | 21 | – | – | – / transactions | 11 | 4 | 4 | 2014-12-24 / commodities | 5 | – | – | – / prices | 4 | – | – | – / books | 1 | – | – | –',
    ],
  );
});

test('GnuCash: invoices that were never posted', needs('samples'), async (t) => {
  const page = await pageOf(sample(t, 'invoices.gnucash'), { day: '2014-11-30' });
  const message = 'There are no invoices up to that day.';
  assert.deepEqual(
    [page.opening, page.warnings, page.blocks.some(({ kind }) => kind === 'failed')],
    [message, [message], false],
  );
});

test('the films of OMDb: no trade at all, but days', needs('samples'), async (t) => {
  const page = await pageOf(sample(t, 'movies.db'), { day: '2014-06-27' });
  assert.deepEqual(
    [page.opening, ...outline(page).slice(0, -1)],
    [
      'Friday, 27 June 2014: 2 omdb rows, about the same as a usual Friday.',
      'Omdb rows; 2; no change the day before; +100 % the Friday before; +367 % 7-day average',
      'Omdb rows by day, 29 May to 27 Jun: 2 on 27 Jun; highest 2 on 4 Jun, lowest 0 on 30 May, 0.8 a day on average.',
      'Data health: table | rows | that day | 30 days | newest / omdb | 17,472 | 2 | 24 | 2014-06-27 / tomatoes | 17,472 | – | – | –',
    ],
  );
});

test('the EPSG register: 28 tables, row numbers full of gaps', needs('samples'), async (t) => {
  const page = await pageOf(sample(t, 'epsg.sqlite'), { day: '2025-11-14' });
  assert.equal(page.opening, 'Friday, 14 November 2025: 1 epsg versionhistory row, about the same as a usual Friday.');
  const health = outline(page).at(-2) ?? '';
  for (const part of [
    'epsg_coordoperation | 6,371 | 13 | 290 | 2025-11-14',
    'epsg_coordinatereferencesystem | 8,267 | 12 | 379 | 2025-11-14',
  ]) {
    assert.ok(health.includes(part), health);
  }
  assert.equal(
    page.blocks.some(({ kind }) => kind === 'failed'),
    false,
  );
});
