import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { makeShop } from '../jobs/demo/shop.ts';
import { openHistory } from '../jobs/monitoring/history/open-history.ts';
import type { Log } from '../jobs/runtime/log.ts';
import { readSummarySettings } from '../jobs/settings/settings.ts';
import { previewOf } from '../jobs/summary/mail/message.ts';
import { sendDay } from '../jobs/summary/send-day.ts';
import { serveSite } from '../jobs/summary/serve-site.ts';
import { hashPassword } from '../jobs/summary/site/access/password.ts';
import { signedLink } from '../jobs/summary/site/signed-links.ts';
import { createSummaryDeps } from '../jobs/summary/summary-deps.ts';

// `npm run screenshots`: the two pictures of the README, taken of a made-up shop in a real Chromium (LAB_CHROMIUM names it).
const out = fileURLToPath(new URL('../.github/', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-screenshots-'));
const day = '2025-11-30';
const signingKey = 'only-for-this-picture';
const silent: Log = { line() {}, warn() {}, failure() {} };
const stop = new AbortController();
const now = Temporal.Instant.from('2025-12-01T00:00:02Z');

const database = path.join(folder, 'shop.db');
makeShop(database, 30_000, 200, Temporal.PlainDate.from('2025-12-01'));
const read = readSummarySettings({ DATABASE_PATH: database, STATE_DIR: folder });
rememberBackup(folder);
const summary = { ...read.summary, port: 0, passwordHash: await hashPassword('any'), signingKey };
const settings = { ...read, summary };
const deps = createSummaryDeps(settings, { clock: { now: () => now }, log: silent, signal: stop.signal });
const browser = await chromium.launch({
  executablePath: process.env['LAB_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  await sendDay(day, ['owner@example.com'], deps);
  const { port } = await serveSite(settings, deps);
  const expiry = now.add({ hours: 24 });
  mkdirSync(out, { recursive: true });
  await take(browser, await mailAddress(), { file: 'mail.png', width: 600, height: 800 });
  const page = signedLink(`http://localhost:${port}`, signingKey, day, expiry);
  await take(browser, page, { file: 'page.png', width: 700, height: 600 });
} finally {
  await browser.close();
  stop.abort();
  deps.close();
  rmSync(folder, { recursive: true });
}

/** The mail as files in the folder; returns the address of its HTML. */
async function mailAddress(): Promise<string> {
  const page = deps.archive.pageOf(day);
  if (page === null) throw new Error('the summary was not kept');
  for (const [name, content] of await previewOf(page)) writeFileSync(path.join(folder, name), content);
  return pathToFileURL(path.join(folder, `${day}.html`)).href;
}

async function take(browser: Browser, address: string, view: { file: string; width: number; height: number }) {
  const { file, width, height } = view;
  const tab = await browser.newPage({ viewport: { width, height } });
  await tab.goto(address);
  await tab.screenshot({ path: path.join(out, file) });
  console.log(path.join(out, file));
}

/** A good backup of last night, so that the mail's last line says so. */
function rememberBackup(stateDir: string): void {
  const history = openHistory(stateDir);
  const key = 'sqlite-backups/daily/shop_2025-12-01_020000.db.gz';
  const began = Temporal.Instant.from('2025-11-30T18:00:00Z');
  const id = history.startRun('backup', 'shop', began);
  history.finishRun(id, 'succeeded', began.add({ seconds: 4 }), { key, archiveBytes: 1_290_000 });
  history.recordVerification(key, 'verified', began);
  history.close();
}
