import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { socketPath } from './docker-scene.ts';

/**
 * A socket in front of the lab's Docker engine that breaks for good, with all connections, at the `nth` request (or at the
 * first answer) that matches: the request before the engine sees it, the answer in its middle. Returns its address.
 */
export async function dyingDocker(
  t: TestContext,
  folder: string,
  at: { readonly request?: RegExp; readonly nth?: number; readonly answer?: RegExp },
): Promise<string> {
  const place = path.join(folder, 'dying.sock');
  const open = new Set<Socket>();
  let seen = 0;
  let written: Promise<unknown> = Promise.resolve();
  const server = createServer((client) => {
    const engine = connect(socketPath);
    for (const socket of [client, engine]) {
      open.add(socket);
      socket.on('error', () => {}).on('close', () => open.delete(socket));
    }
    client.on('data', (chunk) => {
      if (at.request?.test(String(chunk))) seen += 1;
      if (seen >= (at.nth ?? 1)) die();
      else written = Promise.all([written, new Promise((done) => engine.write(chunk, done))]);
    });
    engine.on('data', (chunk: Buffer) => {
      const breaks = at.answer?.test(String(chunk)) ?? false;
      client.write(breaks ? chunk.subarray(0, chunk.length / 2) : chunk, () => breaks && die());
    });
    client.on('end', () => engine.end());
    engine.on('end', () => client.end());
  });
  // What the engine was sent before, it has got: services are stopped side by side.
  const die = async () => {
    server.close();
    await written;
    for (const socket of open) socket.destroy();
  };
  server.listen(place);
  await once(server, 'listening');
  t.after(die);
  return `unix://${place}`;
}
