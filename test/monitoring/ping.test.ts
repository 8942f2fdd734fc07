import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createPing, type PingEvent, pingAddress } from '../../jobs/monitoring/ping.ts';
import type { Log } from '../../jobs/runtime/log.ts';

const uuid = '5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278';
const limits = { timeoutMs: 200, tries: 3, firstWaitMs: 1 };
const never = new AbortController().signal;

type Answer = (response: ServerResponse, nth: number) => void;
const ok: Answer = (response) => response.end('OK');

/** A dead-man's switch that responds as configured; returns the requests it got and the warnings in the log. */
async function withSwitch(
  answer: Answer,
  work: (url: string, log: Log) => Promise<void>,
): Promise<{ asked: string[]; warnings: string[] }> {
  const asked: string[] = [];
  const warnings: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    asked.push(`${request.method} ${request.url} ${body}`);
    answer(response, asked.length);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const log: Log = { line() {}, failure() {}, warn: (line) => warnings.push(line.replaceAll(host, 'HOST')) };
  try {
    await work(`http://${host}/${uuid}`, log);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return { asked, warnings };
}

test('start, success and failure reach the address with a short text', async () => {
  const found = await withSwitch(ok, async (url, log) => {
    const ping = createPing(url, 'BACKUP_PING_URL', log, limits);
    await ping('start', 'backup of csv_data', never);
    await ping('success', 'proven', never);
    await ping('fail', 'DATABASE_CORRUPT', never);
  });
  assert.deepEqual(found, {
    asked: [`POST /${uuid}/start backup of csv_data`, `POST /${uuid} proven`, `POST /${uuid}/fail DATABASE_CORRUPT`],
    warnings: [],
  });
});

test('a success never overtakes its start, though nobody waited for the start', async () => {
  const slowFirst: Answer = (response, nth) => void setTimeout(() => response.end('OK'), nth === 1 ? 50 : 0);
  const found = await withSwitch(slowFirst, async (url, log) => {
    const ping = createPing(url, 'BACKUP_PING_URL', log, limits);
    void ping('start', 'a', never);
    await ping('success', 'b', never);
  });
  assert.deepEqual(found.asked, [`POST /${uuid}/start a`, `POST /${uuid} b`]);
});

test('a switch that fails for a moment is asked again', async () => {
  const faults: Answer[] = [(response) => response.writeHead(503).end(), (response) => response.socket?.destroy(), ok];
  const found = await withSwitch(
    (response, nth) => faults[nth - 1]?.(response, nth),
    async (url, log) => createPing(url, 'BACKUP_PING_URL', log, limits)('success', '', never),
  );
  assert.deepEqual({ tries: found.asked.length, warnings: found.warnings }, { tries: 3, warnings: [] });
});

test('a switch that cannot be reached is a warning that names its host and not its address', async () => {
  const cases: [string, Answer, number, string][] = [
    ['wrong address', (response) => response.writeHead(404).end(), 1, 'it responded with 404'],
    ['unknown UUID', (response) => response.end('OK (not found)'), 1, 'it does not know this address'],
    [
      'moved',
      (response) => response.writeHead(301, { Location: 'https://elsewhere.example/' }).end(),
      1,
      'it responded with 301',
    ],
    ['busy for good', (response) => response.writeHead(429).end(), 3, 'it responded with 429'],
    ['broken for good', (response) => response.writeHead(500).end(), 3, 'it responded with 500'],
    ['drops the connection', (response) => response.socket?.destroy(), 3, 'ECONNRESET'],
    ['never answers', () => {}, 3, 'no response in time'],
    ['never ends its answer', (response) => response.write('O'), 3, 'no response in time'],
  ];
  for (const [title, answer, tries, reason] of cases) {
    const found = await withSwitch(answer, async (url, log) =>
      createPing(url, 'BACKUP_PING_URL', log, limits)('fail', '', never),
    );
    assert.deepEqual(
      { tries: found.asked.length, warnings: found.warnings },
      { tries, warnings: [`HOST did not accept the ping of the fail: ${reason}. Check BACKUP_PING_URL.`] },
      title,
    );
  }
});

test('a switch nobody listens at, over http and https, is a warning too', async () => {
  for (const [url, code] of [
    ['http://127.0.0.1:9/secret', 'ECONNREFUSED'],
    ['https://127.0.0.1:9/secret', 'ECONNREFUSED'],
    ['https://user:hidden@switch.invalid/secret', 'ENOTFOUND|EAI_AGAIN'],
  ] as const) {
    const warnings: string[] = [];
    const log: Log = { line() {}, failure() {}, warn: (line) => warnings.push(line) };
    await createPing(url, 'BACKUP_PING_URL', log, limits)('start', '', never);
    assert.match(warnings.join(), new RegExp(`did not accept the ping of the start: (${code})`));
    assert.doesNotMatch(warnings.join(), /secret|hidden/);
  }
});

test('stopping ends a ping at once and warns of nothing', async () => {
  const stop = new AbortController();
  const found = await withSwitch(
    () => stop.abort(),
    async (url, log) =>
      createPing(url, 'BACKUP_PING_URL', log, { ...limits, timeoutMs: 60_000 })('start', '', stop.signal),
  );
  assert.deepEqual({ tries: found.asked.length, warnings: found.warnings }, { tries: 1, warnings: [] });
});

test('without an address nothing happens', async () => {
  const log: Log = { line: assert.fail, warn: assert.fail, failure: assert.fail };
  await createPing(null, 'BACKUP_PING_URL', log)('success', '', never);
});

test('the event goes before the query, and a slash at the end does not double', () => {
  const cases: [string, PingEvent, string][] = [
    ['https://hc-ping.com/uuid', 'start', 'https://hc-ping.com/uuid/start'],
    ['https://hc-ping.com/uuid/', 'fail', 'https://hc-ping.com/uuid/fail'],
    ['https://hc-ping.com/key/slug?create=1', 'start', 'https://hc-ping.com/key/slug/start?create=1'],
    ['https://hc-ping.com/key/slug?create=1', 'success', 'https://hc-ping.com/key/slug?create=1'],
  ];
  for (const [url, event, expected] of cases) assert.equal(pingAddress(url, event).href, expected);
});
