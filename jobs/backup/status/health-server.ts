import type { ServerResponse } from 'node:http';
import { asFailure } from '../../runtime/errors.ts';
import { type HttpListener, listen, requestLimits } from '../../runtime/http-listener.ts';
import { healthLine } from './health.ts';
import type { BackupStatus } from './status.ts';

type HttpReply = { readonly code: number; readonly type: string; readonly body: string };

const plainText = 'text/plain; charset=utf-8';

/**
 * Serves `/healthz` (200 or 503, one line that says why) and `/metrics` on all interfaces until `signal` aborts or it is
 * closed; requests under way get a second to end. Port 0 takes a free one. Throws HTTP_PORT_UNUSABLE.
 */
export async function createHealthServer(options: {
  readonly port: number;
  readonly status: () => BackupStatus | Promise<BackupStatus>;
  readonly signal: AbortSignal;
}): Promise<HttpListener> {
  const { port, status, signal } = options;
  // An import of node:http also loads its WebSocket, 14 MiB in a process that is idle all day.
  const { createServer } = process.getBuiltinModule('node:http');
  const server = createServer(requestLimits, async (request, response) => {
    const method = request.method ?? '';
    const [path = ''] = (request.url ?? '').split('?');
    respond(response, method, await replyTo(method, path, status));
  });
  return listen(server, {
    port,
    what: 'Health and metrics',
    hint: 'Set HTTP_PORT to a free port above 1023, or leave it out.',
    signal,
  });
}

async function replyTo(
  method: string,
  path: string,
  status: () => BackupStatus | Promise<BackupStatus>,
): Promise<HttpReply> {
  if (path !== '/healthz' && path !== '/metrics') return textReply(404, 'Not found. There are /healthz and /metrics.');
  if (method !== 'GET' && method !== 'HEAD') return textReply(405, 'Only GET and HEAD.');
  try {
    const found = await status();
    if (path === '/metrics') return await metricsReply(found);
    const { healthy, line } = healthLine(found.databases);
    return textReply(healthy ? 200 : 503, `${healthy ? 'healthy' : 'unhealthy'}: ${line}`);
  } catch (error) {
    const { code, message } = asFailure(error);
    return textReply(503, `unhealthy: the status cannot be read: ${code}: ${message}`);
  }
}

/** prom-client is loaded on the first request only, to save memory. */
async function metricsReply(status: BackupStatus): Promise<HttpReply> {
  const { metricsText, metricsContentType } = await import('./metrics.ts');
  return { code: 200, type: metricsContentType, body: await metricsText(status) };
}

function textReply(code: number, line: string): HttpReply {
  return { code, type: plainText, body: `${line.replace(/\s+/g, ' ')}\n` };
}

function respond(response: ServerResponse, method: string, { code, type, body }: HttpReply): void {
  response.writeHead(code, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(code === 405 ? { Allow: 'GET, HEAD' } : {}),
  });
  response.end(method === 'HEAD' ? undefined : body);
}
