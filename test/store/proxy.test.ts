import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createPing } from '../../jobs/monitoring/ping.ts';
import { systemClock } from '../../jobs/runtime/clock.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import { readBackupSettings } from '../../jobs/settings/settings.ts';
import { createS3Store } from '../../jobs/store/s3.ts';
import { recordingLog } from '../backup/recording-log.ts';
import { setEnvironment, startProxy } from '../proxy.ts';

const limits = { timeoutMs: 10_000, tries: 1, firstWaitMs: 1 };
const emptyListing =
  '<?xml version="1.0"?><ListBucketResult><Name>b</Name><KeyCount>0</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>';

/** A server that knows an empty bucket, behind a proxy. */
async function behindProxy(t: TestContext) {
  const asked: string[] = [];
  const server = createServer((request, reply) => {
    asked.push(`${request.method} ${request.headers.host}`);
    reply.end(emptyListing);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { port, asked, ...(await startProxy(t, port)) };
}

function storeAt(t: TestContext, endpoint: string) {
  const keys = { accessKey: 'key', secretKey: 'secret', region: 'us-east-1', bucket: 'b' };
  const store = createS3Store({ kind: 's3', endpoint, ...keys }, { retries: 0 });
  t.after(() => store.close());
  return store;
}

test('S3, its clock and the dead-man’s switch are reached through HTTP_PROXY, with its login', async (t) => {
  const { url, seen } = await behindProxy(t);
  setEnvironment(t, { HTTP_PROXY: url });
  const store = storeAt(t, 'http://s3.example.test');
  assert.deepEqual(await store.list('p/'), []);
  assert.equal(typeof (await store.clockSkewSeconds(systemClock)), 'number');
  const log = recordingLog();
  const never = new AbortController().signal;
  await createPing('http://switch.example.test/uuid', 'BACKUP_PING_URL', log, limits)('success', '', never);
  assert.deepEqual(
    [seen, log.warnings],
    [
      [
        'GET http://s3.example.test/b/ as someone:geheim',
        'HEAD http://s3.example.test/ as someone:geheim',
        'POST http://switch.example.test/uuid as someone:geheim',
      ],
      [],
    ],
  );
});

test('a host in NO_PROXY is reached directly', async (t) => {
  const { url, seen, asked, port } = await behindProxy(t);
  setEnvironment(t, { HTTP_PROXY: url, NO_PROXY: '127.0.0.1' });
  assert.deepEqual(await storeAt(t, `http://127.0.0.1:${port}`).list('p/'), []);
  assert.deepEqual([asked.length, seen], [1, []]);
});

test('an HTTPS_PROXY that refuses is named with its host, its variable and its reply, never with its login', async (t) => {
  const { url, seen } = await behindProxy(t);
  setEnvironment(t, { HTTPS_PROXY: url });
  const { host } = new URL(url);
  const error = await storeAt(t, 'https://s3.example.test')
    .list('p/')
    .catch((failed: unknown) => failed);
  assert.ok(error instanceof Failure);
  assert.deepEqual(
    [error.code, error.message, seen],
    [
      'STORE_UNREACHABLE',
      `Cannot list p/ in bucket b at https://s3.example.test: the proxy ${host} made no connection with s3.example.test: it responded with 407 Proxy Authentication Required.`,
      ['CONNECT s3.example.test:443 as someone:geheim'],
    ],
  );
  assert.match(error.hint, /^Check HTTPS_PROXY \(address, user and password\)/);
  const log = recordingLog();
  const never = new AbortController().signal;
  await createPing('https://switch.example.test/uuid', 'BACKUP_PING_URL', log, limits)('success', '', never);
  assert.doesNotMatch(`${error.message}${error.hint}${error.stack}${log.warnings}`, /geheim|someone/);
  assert.equal(log.warnings.length, 1);
});

test('a proxy that cannot be used is a wrong setting, and its login is not printed', () => {
  const least = { BACKUP_STORE: 'file:///backups' };
  for (const value of [
    'socks5://someone:geheim@proxy:1080',
    'proxy.example.com:3128',
    'someone:geheim@proxy',
    'http://someone:geh%eim@proxy:3128',
  ]) {
    for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']) {
      assert.throws(() => readBackupSettings({ ...least, [name]: value }), {
        code: 'SETTINGS_INVALID',
        hint: `${name} is not usable: set it to the http:// or https:// address of a proxy, or leave it out`,
      });
    }
  }
  assert.doesNotThrow(() =>
    readBackupSettings({ ...least, HTTPS_PROXY: 'http://proxy.example.com:3128', HTTP_PROXY: '' }),
  );
});
