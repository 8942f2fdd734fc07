import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { signedLink } from '../../../jobs/summary/site/signed-links.ts';
import { selfSigned } from '../../certificate.ts';
import { needs } from '../../lab/parts.ts';
import { password, signingKey, startSiteScene } from './scene.ts';

/** A proxy as production has one: TLS outside, plain HTTP inside, X-Forwarded-For as it came and who connects. */
async function tlsProxy() {
  const target = Promise.withResolvers<string>();
  const validFrom = new Date(Date.now() - 3_600_000);
  const certificate = selfSigned('localhost', validFrom, new Date(Date.now() + 3_600_000));
  const server = createServer(certificate, async (incoming, outgoing) => {
    const { hostname, port } = new URL(await target.promise);
    const came = incoming.headers['x-forwarded-for'];
    const forwarded = [came, incoming.socket.remoteAddress].filter(Boolean).join(', ');
    const { method, url: path } = incoming;
    const headers = { ...incoming.headers, 'x-forwarded-for': forwarded };
    const onward = request({ hostname, port, method, path, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `https://localhost:${(server.address() as AddressInfo).port}`, sendTo: target.resolve, close };
}

test('behind a TLS proxy Chromium signs in, signs out and follows a link', needs('chromium'), async (t) => {
  const proxy = await tlsProxy();
  t.after(proxy.close);
  const site = await startSiteScene({ SUMMARY_PUBLIC_URL: proxy.origin });
  t.after(() => site.close());
  proxy.sendTo(site.origin);
  const executablePath = process.env['LAB_CHROMIUM'] ?? '';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  t.after(() => browser.close());
  const context = await browser.newContext({ baseURL: proxy.origin, ignoreHTTPSErrors: true });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();

  await page.goto('/status');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Status' }).waitFor();
  const [cookie] = await context.cookies();
  const { name, secure, httpOnly, sameSite } = cookie ?? {};
  assert.deepEqual(
    { name, secure, httpOnly, sameSite },
    { name: '__Host-nightshift', secure: true, httpOnly: true, sameSite: 'Lax' },
  );
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Password').waitFor();
  const sessions = async () => (await context.cookies()).filter(({ name }) => name !== '__Host-nightshift-device');
  assert.deepEqual(await sessions(), []);

  await page.goto(signedLink(proxy.origin, signingKey, '2025-11-29', Temporal.Instant.from('2025-12-15T00:00:00Z')));
  await page.getByText('This link opens this day only.').waitFor();
  const [day] = await sessions();
  assert.deepEqual([day?.name, day?.path], ['__Secure-nightshift-day', '/day/2025-11-29']);
  await page.goto('/day/2025-11-28');
  await page.getByLabel('Password').waitFor();
});
