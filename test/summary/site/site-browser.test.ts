import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { signedLink } from '../../../jobs/summary/site/signed-links.ts';
import { needs } from '../../lab/parts.ts';
import { samplePage } from './sample.ts';
import { password, type SiteScene, signingKey, startSiteScene } from './scene.ts';

/** Folder for screenshots; none unless it is set. */
const pictures = process.env['SCREENSHOTS'];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('the page in Chromium', needs('chromium'), () => {
  let site: SiteScene;
  let browser: Browser;
  before(async () => {
    site = await startSiteScene();
    site.save(samplePage('2025-11-29', { warnings: ['No order arrived since 28 November.'] }));
    const executablePath = process.env['LAB_CHROMIUM'] ?? '';
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  /** A fresh browser; an error or a blocked script in its console fails the test. */
  const openPage = async (options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext({
      baseURL: site.origin,
      viewport: { width: 375, height: 740 },
      ...options,
    });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    page.on('pageerror', (error) => assert.fail(error));
    page.on('console', (message) => {
      if (/Content.Security|Trusted|error/i.test(message.text()) && !/status of 4\d\d/.test(message.text())) {
        assert.fail(message.text());
      }
    });
    return page;
  };
  const signIn = async (page: Page, path = '/') => {
    await page.goto(path);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  };
  const linkTo = (day: string, expires: string) =>
    signedLink(site.origin, signingKey, day, Temporal.Instant.from(expires));

  test('signing in leads to the requested page; signing out ends the session', async () => {
    const page = await openPage();
    await page.goto('/day/2025-11-28');
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    assert.equal(await page.getByRole('alert').textContent(), 'Wrong password.');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Friday, 28 November 2025');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/login');
    await page.goBack();
    await page.goto('/day/2025-11-28');
    assert.equal(await page.getByLabel('Password').isVisible(), true);
  });

  test('a mail’s link opens its day from another site, leaves no token in the address, and goes no further', async () => {
    const page = await openPage();
    await page.setContent(`<a href="${linkTo('2025-11-29', '2025-12-15T00:00:00Z')}">Open</a>`);
    await page.getByText('Open').click();
    await page.getByText('This link opens this day only.').waitFor();
    assert.equal(page.url(), `${site.origin}/day/2025-11-29`);
    assert.equal(await page.getByRole('navigation').count(), 0);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/login');
    await page.goto('/day/2025-11-29');
    assert.equal(await page.getByLabel('Password').isVisible(), true);
    await page.goto('/day/2025-11-28');
    assert.equal(await page.getByLabel('Password').isVisible(), true);
  });

  test('an expired link and a forged one are named as such, and the password opens the day', async () => {
    const page = await openPage();
    await page.goto(linkTo('2025-11-29', '2025-11-30T00:00:00Z'));
    assert.match((await page.getByRole('alert').textContent()) ?? '', /expired/);
    await page.goto(`${linkTo('2025-11-29', '2025-12-15T00:00:00Z')}x`);
    assert.equal(await page.getByRole('alert').textContent(), 'This link is not valid.');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/day/2025-11-29');
  });

  for (const javaScriptEnabled of [true, false]) {
    test(`days are browsed by previous, next and the calendar, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async () => {
      const page = await openPage({ javaScriptEnabled });
      await signIn(page);
      const heading = () => page.getByRole('heading', { level: 1 }).textContent();
      await page.getByRole('link', { name: 'Previous day' }).click();
      await page.getByRole('link', { name: 'Previous day' }).click();
      assert.equal(await heading(), 'Friday, 28 November 2025');
      await page.getByRole('link', { name: 'Next day' }).click();
      assert.equal(await heading(), 'Saturday, 29 November 2025');
      await page.getByRole('link', { name: 'Calendar' }).click();
      await page.getByRole('link', { name: /October 2025/ }).click();
      await page.getByRole('cell').getByRole('link').click();
      assert.equal(await heading(), 'Friday, 31 October 2025');
      await page.getByText('All numbers of Revenue, the last 30 days').click();
      const numbers = page.getByRole('region', { name: 'Numbers of Revenue, the last 30 days' });
      assert.equal(await numbers.getByRole('row').count(), 30);
      const downloaded = page.waitForEvent('download');
      await page.getByRole('link', { name: 'CSV of Best sellers' }).click();
      assert.equal((await downloaded).suggestedFilename(), 'top-products-2025-10-31.csv');
    });
  }

  test('a chart shows its numbers to the mouse and to the arrow keys', async () => {
    const page = await openPage();
    await signIn(page);
    const chart = page.getByRole('group', { name: /^Orders, the last 30 days/ });
    await chart.scrollIntoViewIfNeeded();
    const box = await chart.boundingBox();
    await chart.hover({ position: { x: 2, y: 20 } });
    assert.equal(await chart.getByRole('status').textContent(), '1 Nov60');
    await chart.hover({ position: { x: (box?.width ?? 0) - 2, y: 20 } });
    assert.equal(await chart.getByRole('status').textContent(), '30 Nov104');
    await chart.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    assert.equal(await chart.getByRole('status').textContent(), '2 Nov91');
    await page.keyboard.press('Escape');
    assert.equal(await chart.getByRole('status').isVisible(), false);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [375, 600, 1280]) {
      test(`axe finds nothing, and nothing is wider than the screen: ${colorScheme}, ${width} px`, async () => {
        const page = await openPage({ colorScheme, viewport: { width, height: 740 }, bypassCSP: true });
        await page.goto('/login');
        await assertAccessible(page, 'sign in');
        await signIn(page);
        for (const path of ['/', '/day/2025-11-29', '/calendar', '/status', '/nothing']) {
          await page.goto(path);
          for (const unfolded of await page.locator('summary').all()) await unfolded.click();
          await assertAccessible(page, path);
          if (pictures === undefined) continue;
          const name = `page${path.replaceAll('/', '-')}-${width}-${colorScheme}.png`;
          await page.screenshot({ path: join(pictures, name), fullPage: true });
        }
      });
    }
  }

  test('on paper it is black on white, without what one would click', async () => {
    const page = await openPage({ colorScheme: 'dark' });
    await signIn(page);
    await page.emulateMedia({ media: 'print' });
    for (const name of ['Sign out', 'Previous day', 'CSV of Best sellers', 'Calendar']) {
      assert.equal(await page.getByText(name).isVisible(), false, name);
    }
    assert.equal(await page.getByText('Yesterday: RM 12,340').isVisible(), true);
    const [text, background] = (await page.evaluate(
      `[getComputedStyle(document.querySelector('.opening')).color, getComputedStyle(document.body).backgroundColor]`,
    )) as string[];
    assert.deepEqual({ text, background }, { text: 'rgb(0, 0, 0)', background: 'rgb(255, 255, 255)' });
    const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
    const pages = Number(/\/Count (\d+)/.exec(pdf)?.[1]);
    assert.ok(pages >= 1 && pages <= 4, `${pages} sheets`);
  });
});

async function assertAccessible(page: Page, where: string): Promise<void> {
  await page.evaluate(axe);
  const found = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
  const { violations } = found as { violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] };
  const messages = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`,
  );
  assert.deepEqual(messages, [], where);
  const [content, screen] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as [
    number,
    number,
  ];
  assert.ok(content <= screen, `${where} is ${content} px wide on ${screen}`);
}
