import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Any port that nothing else of ours takes: it is the lock, which a dead process cannot keep. */
const port = 19_457;

/** Waits until no other test on this machine uses the container names of production. Returns what gives them back. */
export async function lockProductionNames(): Promise<() => Promise<void>> {
  for (;;) {
    const server = createServer().listen(port, '127.0.0.1');
    const isTaken = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (isTaken) {
      return async () => {
        server.close();
        await once(server, 'close');
      };
    }
    await sleep(500);
  }
}
