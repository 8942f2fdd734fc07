import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

/** A dead-man's switch as healthchecks.io has it, and what it heard: `/fail not backed up: shop`. */
export async function startSwitch(t: TestContext) {
  const heard: string[] = [];
  const server = createServer(async (request, response) => {
    heard.push(`${request.url?.replace('/uuid', '')} ${await text(request)}`);
    response.end('OK');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/uuid` };
}
