import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { caniemail } from 'caniemail';
import fc from 'fast-check';
import { mailHtml } from '../../../jobs/summary/mail/mail-html.ts';
import { mailText } from '../../../jobs/summary/mail/mail-text.ts';
import { mailTo, messageOf } from '../../../jobs/summary/mail/message.ts';
import type { Block, SummaryPage, TableBlock } from '../../../jobs/summary/page/page-model.ts';
import { examplePage } from '../example-page.ts';

const link = 'https://daily.example.com/day/2025-11-30/open/x.y';
const drawn = new Set(['revenue', 'orders', 'revenue-30-days', 'top-channels']);
const where = { link, imageSource: (id: string) => (drawn.has(id) ? `cid:${id}` : null) };
const html = mailHtml(examplePage, where);
const text = mailText(examplePage, link);

/** What a reader sees of the HTML: its words, without tags. */
function wordsOf(source: string): string {
  const body = source.slice(source.indexOf('<body'));
  const named = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' } as Record<string, string>;
  return body
    .replace(/<!--.*?-->/gs, '')
    .replace(/<img[^>]* alt="([^"]*)"[^>]*>/g, ' $1 ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&(\w+);/g, (whole, name) => named[name] ?? whole)
    .replace(/\s+/g, ' ');
}

/** Every text of a block that a reader must be able to find. */
function textsOf(block: Block): string[] {
  switch (block.kind) {
    case 'kpi': {
      const compared = block.comparisons.flatMap(({ to, change }) => [to, change]);
      return [block.value, ...compared, ...(block.anomaly === null ? [] : [block.anomaly])];
    }
    case 'series':
      return block.style === 'line' ? [block.alt] : block.points.map(({ formatted }) => formatted);
    case 'table':
    case 'exceptions':
      return block.rows.length === 0
        ? [block.emptyText]
        : [...block.columns.map(({ title }) => title), ...block.rows.flat()];
    case 'text':
      return block.text.split('\n');
    case 'failed':
      return [block.reason];
  }
}

test('HTML and text contain all of the page, with pictures or without', () => {
  const { title, opening, warnings, blocks, assumptions, backup } = examplePage;
  const texts = [title, opening, ...warnings, ...blocks.flatMap((block) => [block.title, ...textsOf(block)])];
  const all = [...texts, ...assumptions, backup.message, 'Sunday, 30 November 2025'];
  const words = wordsOf(html);
  assert.deepEqual(
    all.filter((each) => !words.includes(each)),
    [],
  );
  assert.deepEqual(
    all.filter((each) => !text.includes(each)),
    [],
  );
});

test('the mail begins with the opening, then the warnings, then the rest', () => {
  const words = wordsOf(html);
  const order = [examplePage.opening, examplePage.warnings[0] ?? '', 'Revenue', 'Backup:'].map((each) =>
    words.indexOf(each),
  );
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
});

test('a warning in the opening is not repeated below it', () => {
  const warning = 'No orders for 3 days';
  const page = {
    ...examplePage,
    opening: `${warning}: the newest is of 2025-11-27.`,
    warnings: [warning, 'Look at stock'],
  };
  const times = (source: string) => source.split(warning).length - 1;
  const words = wordsOf(mailHtml(page, where));
  // In HTML the opening is also the hidden line that inboxes show beside the subject.
  assert.deepEqual([times(mailText(page, link)), times(words)], [1, 2]);
  assert.ok(words.includes('Look at stock'));
});

test('the subject names the summary and the day, and warnings; no line break gets into it', async () => {
  assert.equal((await messageOf(examplePage, null)).subject, 'Kedai Kopi & Sons, Sunday, 30 November 2025 (1 warning)');
  const hostile = { ...examplePage, title: `A\r\nBcc: spy@example.com${'x'.repeat(300)}`, warnings: [] };
  const { subject } = await messageOf(hostile, null);
  assert.match(subject, /^A Bcc: spy@example\.comx+$/);
  assert.equal(subject.length, 120);
});

test('text from the database is never markup', () => {
  const hostile = fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=1>',
    '</table>',
    '<!--',
    '&lt;',
    "'",
  );
  fc.assert(
    fc.property(hostile, hostile, (one, other) => {
      const table: TableBlock = {
        ...{ kind: 'table', id: 't', emptyText: one, omittedRows: 0, values: [] },
        ...{ title: one, columns: [{ title: other, align: 'left' }], rows: [[one + other]] },
      };
      const page: SummaryPage = {
        ...examplePage,
        title: one,
        opening: other,
        warnings: [one],
        assumptions: [other],
        blocks: [table],
      };
      const mail = mailHtml(page, where);
      assert.equal(mail.match(/<script|<img|onerror=1>/g), null);
      assert.equal(mail.match(/<table/g)?.length, mail.match(/<\/table>/g)?.length);
      assert.ok(
        wordsOf(mail).includes(
          wordsOf(`<body>${escaped(one + other)}`)
            .replace('<body>', '')
            .trim(),
        ),
      );
    }),
  );
});

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

describe('it is small enough that no mailbox cuts it off', () => {
  const row = ['A name that is rather long, as names are', '12,345', 'RM 1,234,567.00'];
  const table = (id: string, rows: number): TableBlock => ({
    ...{ kind: 'table', id, title: id, emptyText: '', omittedRows: 0, values: [] },
    columns: ['Name', 'Sold', 'Revenue'].map((title) => ({ title, align: 'left' })),
    rows: Array.from({ length: rows }, () => row),
  });
  for (const [what, blocks, note] of [
    ['a table of a million rows', [table('big', 1_000_000)], 'and 999,950 more rows on the page'],
    [
      'thirty tables of a hundred rows',
      Array.from({ length: 30 }, (_, index) => table(`t${index}`, 100)),
      'more rows on the page',
    ],
    [
      'five hundred tables',
      Array.from({ length: 500 }, (_, index) => table(`t${index}`, 3)),
      'more blocks on the page',
    ],
  ] as const) {
    test(`${what}: under 80 KB, with the number of what is left out`, () => {
      const mail = mailHtml({ ...examplePage, blocks }, where);
      assert.ok(Buffer.byteLength(mail) <= 80_000, `${Buffer.byteLength(mail)} bytes`);
      assert.ok(wordsOf(mail).includes(note));
      assert.ok(wordsOf(mail).includes(examplePage.backup.message));
    });
  }
  test('a usual one is far below', () => assert.ok(Buffer.byteLength(html) < 30_000));
});

/** What some clients do not know, and why the mail is right without it. */
const known = new Map([
  ['color-scheme meta tag', 'dark mode only'],
  ['color-scheme CSS property', 'dark mode only'],
  ['@media', 'dark mode and phones only: without it the mail is light and its KPIs stay side by side'],
  ['<style> element', 'the same: all that must be is inline'],
  ['display:none', 'the preview text is of size 0 in the colour of the background, too'],
  ['white-space', 'numbers may break in two lines'],
  ['height property', 'pictures have their width, and keep their shape'],
  ['<body> element', 'becomes a div; the colour of the background stands on a table, too'],
  ['text-decoration', 'the link of the button is underlined'],
  ['lang attribute', 'for screen readers that know it'],
  ['width attribute', 'the styles have it, too'],
  ['height attribute', 'pictures keep their shape'],
  ['role attribute', 'for screen readers that know it'],
]);

test('every mail client shows it: caniemail knows nothing that would break it', () => {
  const clients = [
    'gmail.*',
    'outlook.*',
    'apple-mail.*',
    'yahoo.*',
    'samsung-email.*',
    'protonmail.*',
    'hey.*',
  ] as const;
  const { issues } = caniemail({ clients: [...clients], html });
  const found = new Set([...issues.errors.values()].flat().map(({ title }) => title));
  assert.deepEqual(
    [...found].filter((title) => !known.has(title)),
    [],
  );
  assert.deepEqual(
    [...known.keys()].filter((title) => !found.has(title)),
    [],
    'no longer needed',
  );
});

test('Outlook gets a table of 600 px and each picture a width; nothing is loaded from the web', () => {
  assert.match(html, /<!--\[if mso\]><table role="presentation" width="600"/);
  const pictures = html.match(/<img[^>]*>/g) ?? [];
  assert.equal(pictures.length, 4);
  for (const picture of pictures) assert.match(picture, / src="cid:[^"]+" width="(160|552)"[^>]* alt="[^"]*\d[^"]*"/);
  assert.doesNotMatch(html, /src="http|url\(|<link|@import/);
});

test('a Message-ID belongs to a day and a recipient, whatever the case of the address', async () => {
  const message = await messageOf(examplePage, null);
  const at = Temporal.Instant.from('2025-12-01T00:00:05Z');
  const id = (to: string, day = message.day) =>
    mailTo(to, { ...message, day }, 'Shop <shop@example.com>', at).messageId;
  assert.equal(id('Owner@example.com'), id('owner@example.com'));
  assert.notEqual(id('owner@example.com'), id('second@example.com'));
  assert.notEqual(id('owner@example.com'), id('owner@example.com', '2025-12-01'));
});
