import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { previewOf } from '../../jobs/summary/mail/message.ts';
import { examplePage } from './example-page.ts';
import { password, serveSite } from './site/scene.ts';

// Makes the README's pictures of the mail and the page: `node test/summary/pictures.ts`, with LAB_CHROMIUM.
const to = path.join(import.meta.dirname, 'pictures');
const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-pictures-'));
const site = await serveSite();
const browser = await chromium.launch({ executablePath: process.env['LAB_CHROMIUM'] ?? '', args: ['--no-sandbox'] });
mkdirSync(to, { recursive: true });
try {
  for (const [name, content] of await previewOf(examplePage)) writeFileSync(path.join(folder, name), content);
  const mail = await browser.newPage({ viewport: { width: 600, height: 760 } });
  await mail.goto(pathToFileURL(path.join(folder, `${examplePage.day}.html`)).href);
  await mail.screenshot({ path: path.join(to, 'mail.png') });

  site.keep(examplePage);
  const page = await browser.newPage({ viewport: { width: 800, height: 760 } });
  await page.goto(site.origin);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.screenshot({ path: path.join(to, 'page.png') });
} finally {
  await browser.close();
  await site.close();
  rmSync(folder, { recursive: true });
}
