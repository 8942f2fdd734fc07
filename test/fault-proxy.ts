import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { PassThrough, Transform } from 'node:stream';

/** What happens to a request on its way to the server, or to the answer on its way back. */
export type Fault =
  /** Answers an S3 error itself, without asking the server. */
  | { readonly kind: 'answer'; readonly status: number; readonly code?: string; readonly body?: string }
  /** Resets the connection after so many bytes of the request's body. */
  | { readonly kind: 'break upload'; readonly afterBytes: number }
  /** Takes so many bytes of the request's body and no more, keeping the connection open. */
  | { readonly kind: 'stall upload'; readonly afterBytes: number }
  /** Lets the server do all it was asked, then resets the connection in place of the answer. */
  | { readonly kind: 'lose answer' }
  /** Resets the connection after so many bytes of the answer's body. */
  | { readonly kind: 'break download'; readonly afterBytes: number }
  /** Closes the connection in good order after so many bytes of the answer's body. */
  | { readonly kind: 'truncate download'; readonly afterBytes: number }
  /** Makes the answer a complete one of fewer bytes. */
  | { readonly kind: 'shorten download'; readonly toBytes: number }
  /** Sends so many bytes of the answer's body and no more, keeping the connection open. */
  | { readonly kind: 'stall download'; readonly afterBytes: number }
  /** Inverts one byte of the answer's body. */
  | { readonly kind: 'flip'; readonly atByte: number }
  | { readonly kind: 'delay'; readonly ms: number };

/**
 * Which requests a fault is for: all, or those of a method, with a text in their path and query, or with a header.
 * `times: Infinity` makes a server that never can.
 */
export type Aim = {
  readonly method?: string;
  readonly url?: string;
  readonly header?: string;
  readonly times?: number;
};

export type FaultProxy = {
  /** In place of the server's own address. */
  readonly endpoint: string;
  /** `GET /bucket/key?query` of every request so far, in order. */
  readonly requests: string[];
  /** Puts a fault before the next requests that fit the aim, one unless `times` says otherwise. */
  inject(fault: Fault, aim?: Aim): void;
  /** Ends all faults and forgets the requests seen. */
  clear(): void;
  close(): Promise<void>;
};

/** A fake fault injector: an HTTP proxy in front of a real S3 server that damages requests as configured. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const pending: { fault: Fault; aim: Aim; left: number }[] = [];
  const requests: string[] = [];
  const sockets = new Set<Socket>();

  function faultFor({ method, url = '', headers }: IncomingMessage): Fault | null {
    const fits = (aim: Aim) =>
      (!aim.method || aim.method === method) &&
      (!aim.url || url.includes(aim.url)) &&
      (!aim.header || headers[aim.header] !== undefined);
    const hit = pending.find(({ aim, left }) => left > 0 && fits(aim));
    if (hit) hit.left -= 1;
    return hit?.fault ?? null;
  }

  function handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    requests.push(`${incoming.method} ${incoming.url}`);
    const fault = faultFor(incoming);
    incoming.on('error', () => {});
    outgoing.on('error', () => {});
    if (fault?.kind === 'answer') {
      answer(fault, incoming, outgoing);
      return;
    }
    if (incoming.headers.expect) outgoing.writeContinue();
    const timer = setTimeout(() => forward(target, fault, incoming, outgoing), fault?.kind === 'delay' ? fault.ms : 0);
    outgoing.on('close', () => clearTimeout(timer));
  }

  const server = createServer(handle);
  server.on('checkContinue', handle);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    inject: (fault, aim = {}) => void pending.push({ fault, aim, left: aim.times ?? 1 }),
    clear() {
      pending.length = 0;
      requests.length = 0;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function answer(fault: Fault & { kind: 'answer' }, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const code = fault.code ?? 'InternalError';
  const body = fault.body ?? `<?xml version="1.0"?><Error><Code>${code}</Code><Message>injected</Message></Error>`;
  outgoing.writeHead(fault.status, { 'content-type': 'application/xml', connection: 'close' });
  outgoing.end(incoming.method === 'HEAD' ? undefined : body);
}

function forward(target: string, fault: Fault | null, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { hostname, port } = new URL(target);
  const headers = { ...incoming.headers };
  delete headers.expect;
  const upstream = request({ hostname, port, method: incoming.method, path: incoming.url, headers });
  upstream.on('error', () => incoming.socket.destroy());
  outgoing.on('close', () => upstream.destroy());
  upstream.on('response', (response) => {
    response.on('error', () => {});
    if (fault?.kind === 'lose answer') {
      response.resume().on('end', () => incoming.socket.resetAndDestroy());
      return;
    }
    const shorter = fault?.kind === 'shorten download' ? { 'content-length': `${fault.toBytes}` } : {};
    outgoing.writeHead(response.statusCode ?? 502, { ...response.headers, ...shorter });
    response.pipe(downloadFault(fault, incoming.socket)).pipe(outgoing);
  });
  incoming.pipe(uploadFault(fault, incoming.socket)).pipe(upstream);
}

function uploadFault(fault: Fault | null, socket: Socket): Transform {
  if (fault?.kind === 'break upload') return upTo(fault.afterBytes, () => socket.resetAndDestroy());
  if (fault?.kind === 'stall upload') return upTo(fault.afterBytes, () => {});
  return new PassThrough();
}

function downloadFault(fault: Fault | null, socket: Socket): Transform {
  if (fault?.kind === 'break download') return upTo(fault.afterBytes, () => socket.resetAndDestroy());
  if (fault?.kind === 'truncate download') return upTo(fault.afterBytes, () => socket.end());
  if (fault?.kind === 'stall download') return upTo(fault.afterBytes, () => {});
  if (fault?.kind === 'shorten download') return upTo(fault.toBytes, () => {});
  if (fault?.kind === 'flip') return flipping(fault.atByte);
  return new PassThrough();
}

/** Lets so many bytes through, waits until they are on their way, then does `andThen` and takes no more. */
function upTo(bytes: number, andThen: () => void): Transform {
  let left = bytes;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (chunk.length < left) {
        left -= chunk.length;
        return done(null, chunk);
      }
      this.push(chunk.subarray(0, left));
      setTimeout(andThen, 20);
    },
  });
}

function flipping(atByte: number): Transform {
  let position = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const index = atByte - position;
      position += chunk.length;
      const byte = chunk[index];
      if (index >= 0 && byte !== undefined) chunk[index] = byte ^ 0xff;
      done(null, chunk);
    },
  });
}
