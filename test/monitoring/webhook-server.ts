import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

export type WebhookReply = (response: ServerResponse, nth: number) => void;
export const accept: WebhookReply = (response) => response.end('ok');

/** A chat's webhook at `path` that replies as given; what it was posted, and its address. */
export async function startWebhook(t: TestContext, path = '/hook/secret', reply: WebhookReply = accept) {
  const posted: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    posted.push(JSON.parse(await text(request)));
    reply(response, posted.length);
  }).listen(0, '127.0.0.1');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { posted, host, url: `http://${host}${path}` };
}
