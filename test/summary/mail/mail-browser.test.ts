import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page as Tab } from 'playwright-core';
import { previewOf } from '../../../jobs/summary/mail/message.ts';
import { needs } from '../../lab/parts.ts';
import { examplePage } from '../example-page.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-mail-'));
/** Folder for screenshots; none unless it is set. */
const pictures = process.env['SCREENSHOTS'];
let browser: Browser;

type View = { width: number; colours: 'light' | 'dark'; images: boolean };

/** Opens the mail as a client of that width would show it. */
async function withMail<T>({ width, colours, images }: View, look: (tab: Tab) => Promise<T>): Promise<T> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: colours });
  try {
    const tab = await context.newPage();
    if (!images) await tab.route('**/*.png', (route) => route.abort());
    await tab.goto(pathToFileURL(path.join(folder, `${examplePage.day}.html`)).href);
    if (pictures !== undefined) {
      mkdirSync(pictures, { recursive: true });
      const name = `mail-${width}-${colours}${images ? '' : '-no-images'}.png`;
      await tab.screenshot({ path: path.join(pictures, name), fullPage: true });
    }
    return await look(tab);
  } finally {
    await context.close();
  }
}

/** The least contrast of any text with what is behind it (WCAG 2.2, relative luminance), and whose it is. */
const leastContrast = `(() => {
  const luminance = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const rgba = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  let least = { ratio: 21, text: '' };
  for (const element of document.body.querySelectorAll('p, h1, h2, td, th, a, span')) {
    const own = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join('');
    if (own === '' || element.getClientRects().length === 0) continue;
    const [a, b] = [luminance(rgba(getComputedStyle(element).color)), luminance(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < least.ratio) least = { ratio, text: own };
  }
  return least;
})()`;

const views: View[] = [600, 375].flatMap((width) =>
  (['light', 'dark'] as const).flatMap((colours) => [true, false].map((images) => ({ width, colours, images }))),
);

describe('the mail in a real browser', needs('chromium'), () => {
  before(async () => {
    for (const [name, content] of await previewOf(examplePage)) writeFileSync(path.join(folder, name), content);
    browser = await chromium.launch({
      executablePath: process.env['LAB_CHROMIUM'],
      args: ['--no-sandbox', '--allow-file-access-from-files'],
    });
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  for (const view of views) {
    const { width, colours, images } = view;
    test(`${width} px wide, ${colours}, images ${images ? 'on' : 'off'}: nothing sticks out, all can be read`, async () => {
      await withMail(view, async (tab) => {
        assert.equal(await tab.evaluate('document.documentElement.scrollWidth'), width);
        const { ratio, text } = await tab.evaluate<{ ratio: number; text: string }>(leastContrast);
        assert.ok(ratio >= 4.5, `"${text}" has a contrast of ${ratio.toFixed(1)}`);
        if (images) return;
        const alt = tab.getByAltText(/highest RM 15,411 on 27 Nov/);
        assert.ok(((await alt.boundingBox())?.height ?? 0) > 15, 'the numbers stand in place of the chart');
      });
    });
  }

  test('on a phone the KPIs are below each other, else two in a row', async () => {
    const tops = (tab: Tab) =>
      tab.evaluate<number[]>(
        `[...document.querySelectorAll('.kpi')].slice(0, 2).map((kpi) => kpi.getBoundingClientRect().top)`,
      );
    const [wide, narrow] = await Promise.all(
      [600, 375].map((width) => withMail({ width, colours: 'light', images: true }, tops)),
    );
    assert.equal(wide?.[0], wide?.[1]);
    assert.ok((narrow?.[0] ?? 0) < (narrow?.[1] ?? 0));
  });

  test('every picture is opaque and white at its edge, so that a dark mail does not swallow it', async () => {
    const seen = await withMail({ width: 600, colours: 'dark', images: true }, (tab) =>
      tab.evaluate<
        { name: string; isOpaque: boolean; corner: number[]; isBlank: boolean }[]
      >(`[...document.images].map((image) => {
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
        const context = canvas.getContext('2d');
        context.drawImage(image, 0, 0);
        return { name: image.src.split('/').pop(), data: [...context.getImageData(0, 0, canvas.width, canvas.height).data] };
      }).map(({ name, data }) => ({
        name,
        isOpaque: data.every((value, index) => index % 4 !== 3 || value === 255),
        corner: data.slice(0, 4),
        isBlank: data.every((value) => value === 255),
      }))`),
    );
    assert.equal(seen.length, 4);
    for (const { name, ...facts } of seen) {
      assert.deepEqual(facts, { isOpaque: true, corner: [255, 255, 255, 255], isBlank: false }, name);
    }
  });
});
