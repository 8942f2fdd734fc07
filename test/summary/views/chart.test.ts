import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { messageOf } from '../../../jobs/summary/mail/message.ts';
import { drawPictures } from '../../../jobs/summary/mail/pictures.ts';
import { createPngRenderer } from '../../../jobs/summary/mail/png.ts';
import type { SeriesBlock, SummaryPage } from '../../../jobs/summary/page/page-model.ts';
import { chartPicture } from '../../../jobs/summary/views/chart-svg.ts';
import { examplePage } from '../example-page.ts';

/** Size of a PNG, read from its bytes; its pixels are all there. */
function pngFacts(png: Uint8Array) {
  const bytes = Buffer.from(png);
  assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
  const [width, height, depth, kind] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes[24], bytes[25]];
  assert.deepEqual([depth, kind], [8, 6], 'RGBA, 8 bits');
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  }
  const rows = inflateSync(Buffer.concat(parts));
  assert.equal(rows.length, height * (1 + width * 4));
  return { width, height };
}

const charts = examplePage.blocks.filter((block): block is SeriesBlock => block.kind === 'series');

test('each series and each KPI with some days becomes a picture, two pixels for each that is shown', async () => {
  const pictures = await drawPictures(examplePage);
  assert.deepEqual(
    [...pictures].map(([id, png]) => [id, pngFacts(png)]),
    [
      ['revenue', { width: 384, height: 86 }],
      ['orders', { width: 384, height: 86 }],
      ['revenue-30-days', { width: 1104, height: 480 }],
      ['top-channels', { width: 1104, height: 437 }],
    ],
  );
  for (const [id, png] of pictures) assert.ok(png.length < 60_000, `${id}: ${png.length} bytes`);
});

test('a chart is drawn the same at every run', async () => {
  assert.deepEqual(await drawPictures(examplePage), await drawPictures(examplePage));
});

test('few bars carry their names and numbers; days carry their dates and an axis in short numbers', () => {
  const [line, bars] = charts.map((chart) => chartPicture(chart, 'en-MY').svg);
  const texts = (svg = '') => [...svg.matchAll(/>([^<>]+)<\/text>/g)].map(([, text]) => text);
  assert.ok(
    ['30 Nov', '10K', '0'].every((text) => texts(line).includes(text)),
    texts(line).join(),
  );
  assert.ok(
    ['shopee', 'RM 4,820.50', 'whatsapp', 'RM 494.25'].every((text) => texts(bars).includes(text)),
    texts(bars).join(),
  );
});

test('without a font it fails, instead of drawing a chart without text', async () => {
  await assert.rejects(
    createPngRenderer(() => new Uint8Array(10)),
    { code: 'CHART_FONT_MISSING' },
  );
});

test('a font that cannot be read rejects, instead of leaving out all pictures', async () => {
  const unreadable = () => readFileSync('/nowhere/DejaVuSans.ttf');
  await assert.rejects(drawPictures(examplePage, unreadable), { code: 'CHART_FONT_MISSING' });
});

test('whatever the values and words are, every page gets its pictures', async () => {
  // Amounts that a business can have: cents at the least.
  const amount = fc.integer({ min: -1e14, max: 1e14 }).map((cents) => cents / 100);
  const value = fc.oneof(fc.constant(null), amount, fc.integer({ min: -100, max: 100 }));
  const point = fc.record({ label: fc.string(), value, formatted: fc.string() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(point, { minLength: 1, maxLength: 40 }),
      fc.constantFrom('line', 'bar'),
      async (points, style) => {
        const isDrawn = points.some((each) => each.value !== null);
        const pictures = await drawPictures(pageWith({ kind: 'series', id: 'c', title: 't', style, points, alt: '' }));
        assert.deepEqual([...pictures.keys()], isDrawn ? ['c'] : []);
        for (const png of pictures.values()) pngFacts(png);
      },
    ),
    { numRuns: 30 },
  );
});

test('names in a script that the font lacks become bars of the mail’s own text, not pictures of empty boxes', async () => {
  const bars = charts.find(({ style }) => style === 'bar');
  assert.ok(bars !== undefined);
  for (const [name, isPicture] of [
    ...(['吉隆坡', 'சென்னை', 'กรุงเทพ', 'gift 🎁'] as const).map((each) => [each, false] as const),
    ...(['Zürich', 'Ελλάδα', 'Київ', 'كوالا', 'RM 1 – “a” …'] as const).map((each) => [each, true] as const),
  ]) {
    const points = [{ label: name, value: 5, formatted: 'RM 5' }, ...bars.points];
    const { html, text, attachments } = await messageOf(pageWith({ ...bars, points }), null);
    assert.equal(attachments.length, isPicture ? 1 : 0, name);
    assert.equal(String(html).includes(`>${name}</td>`), !isPicture, name);
    assert.ok(String(text).includes(name));
  }
});

test('numbers that no chart can be drawn of leave the words, and the other pictures', async () => {
  const [line] = charts;
  assert.ok(line !== undefined);
  const tiny: SeriesBlock = {
    ...line,
    id: 'tiny',
    points: [{ label: 'a', value: 1e-323, formatted: '0' }],
    alt: 'All of 0.',
  };
  const page = { ...examplePage, blocks: [tiny, line] };
  const { html, attachments } = await messageOf(page, null);
  assert.deepEqual(
    attachments.map(({ filename }) => filename),
    ['revenue-30-days.png'],
  );
  assert.match(String(html), /<p[^>]*>All of 0\.<\/p>/);
});

function pageWith(block: SeriesBlock): SummaryPage {
  return { ...examplePage, blocks: [block] };
}
