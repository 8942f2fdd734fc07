import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Failure, systemCodeOf } from './errors.ts';

export type HttpListener = { readonly port: number; close(): Promise<void> };

type ListenOptions = {
  /** 0 takes a free one. */
  readonly port: number;
  /** What is served, capitalized as a message begins: `The summary page`. */
  readonly what: string;
  /** What to do when the port cannot be used. */
  readonly hint: string;
  readonly signal: AbortSignal;
};

/** Options for every server: a client that sends nothing does not keep its connection. In ms. */
export const requestLimits = { requestTimeout: 10_000, headersTimeout: 10_000 } as const;

const closeGraceMs = 1_000;

/**
 * Lets `server` listen on all interfaces, IPv4 and IPv6, until `signal` aborts or the listener is closed; requests under way get a second to
 * end. Throws HTTP_PORT_UNUSABLE, AbortError.
 */
export async function listen(server: Server, options: ListenOptions): Promise<HttpListener> {
  const { port, signal } = options;
  const close = () =>
    new Promise<void>((closed) => {
      const timer = setTimeout(() => server.closeAllConnections(), closeGraceMs);
      server.close(() => {
        clearTimeout(timer);
        closed();
      });
    });
  try {
    // Without an address Node takes `::`, which is IPv4 too, and 0.0.0.0 on a host without IPv6.
    server.listen(port);
    await once(server, 'listening', { signal });
  } catch (error) {
    server.close();
    throw signal.aborted ? error : portFailure(options, error);
  }
  signal.addEventListener('abort', close, { once: true });
  return { port: (server.address() as AddressInfo).port, close };
}

function portFailure({ port, what, hint }: ListenOptions, error: unknown): Failure {
  const code = systemCodeOf(error);
  const reason = code === 'EADDRINUSE' ? 'another process listens there' : (code ?? String(error));
  return new Failure('HTTP_PORT_UNUSABLE', `${what} cannot be served on port ${port}: ${reason}.`, hint, error);
}
