import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** A proxy of the environment that leads to `port` of this machine, whatever the host; CONNECT it refuses. `seen`: what it was asked. */
export async function startProxy(t: TestContext, port: number): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const note = (what: string, login: string | undefined) => {
    const [, encoded = ''] = (login ?? '').split(' ');
    seen.push(`${what} as ${Buffer.from(encoded, 'base64').toString()}`);
  };
  const server = createServer((asked, reply) => {
    const address = new URL(asked.url ?? '');
    note(`${asked.method} ${address.origin}${address.pathname}`, asked.headers['proxy-authorization']);
    const { method, headers } = asked;
    const path = address.pathname + address.search;
    const onward = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      reply.writeHead(response.statusCode ?? 0, response.headers);
      response.pipe(reply);
    });
    asked.pipe(onward);
  });
  server.on('connect', (asked, socket) => {
    note(`CONNECT ${asked.url}`, asked.headers['proxy-authorization']);
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  return { url: `http://someone:geheim@127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

/** Sets variables of this process for the length of a test. */
export function setEnvironment(t: TestContext, variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    const usual = process.env[name];
    process.env[name] = value;
    t.after(() => {
      if (usual === undefined) delete process.env[name];
      else process.env[name] = usual;
    });
  }
}
