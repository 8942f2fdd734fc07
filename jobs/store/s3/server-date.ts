import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { proxyAgent } from '../../runtime/proxy.ts';

/** The Date header of whatever a server responds with; empty when it has none. Throws as the request does, or TimeoutError. */
export async function dateOf(address: URL, timeoutMs: number, signal: AbortSignal | undefined): Promise<string> {
  const limit = AbortSignal.timeout(timeoutMs);
  const { request } = address.protocol === 'https:' ? https : http;
  const agent = proxyAgent(address);
  try {
    const either = signal ? AbortSignal.any([signal, limit]) : limit;
    const headers = { Connection: 'close' };
    const sent = request(address, { method: 'HEAD', headers, signal: either, ...(agent && { agent }) }).end();
    const [response]: IncomingMessage[] = await once(sent, 'response');
    response?.resume();
    return response?.headers.date ?? '';
  } catch (error) {
    throw limit.aborted ? limit.reason : error;
  }
}
