import { once } from 'node:events';
import { systemCodeOf } from '../runtime/errors.ts';
import { proxyAgent } from '../runtime/proxy.ts';

/** Milliseconds for one try, and before the second one. */
export type PostLimits = { readonly timeoutMs: number; readonly tries: number; readonly firstWaitMs: number };

export const defaultPostLimits: PostLimits = { timeoutMs: 10_000, tries: 3, firstWaitMs: 2_000 };

export type PostBody = { readonly type: string; readonly text: string };

/** Why a POST was not accepted, without its address, which may be a secret. */
export class PostError extends Error {
  /** A later try may be accepted. */
  readonly mayPass: boolean;
  /** The other side may have got it all the same. */
  readonly isUncertain: boolean;
  constructor(message: string, { mayPass, isUncertain }: { mayPass: boolean; isUncertain: boolean }, cause?: unknown) {
    super(message, { cause });
    this.mayPass = mayPass;
    this.isUncertain = isUncertain;
  }
}

/** Posts the body and returns the beginning of the reply. Throws PostError, and AbortError when `signal` aborts. */
export async function httpPost(
  address: URL,
  body: PostBody,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<string> {
  const limit = AbortSignal.timeout(timeoutMs);
  // Not fetch, nor an import of node:http: each takes up to 14 MiB, in a process that is idle all day.
  const { request } = process.getBuiltinModule(address.protocol === 'https:' ? 'node:https' : 'node:http');
  const headers = { 'Content-Type': body.type, 'User-Agent': 'nightshift', Connection: 'close' };
  const agent = proxyAgent(address);
  const both = AbortSignal.any([signal, limit]);
  const sent = request(address, { method: 'POST', headers, signal: both, ...(agent && { agent }) }).end(body.text);
  let reply = '';
  let statusCode: number;
  try {
    const [response] = await once(sent, 'response');
    for await (const chunk of response.setEncoding('utf8')) reply = (reply + chunk).slice(0, 100);
    statusCode = response.statusCode;
  } catch (error) {
    signal.throwIfAborted();
    const why = limit.aborted ? 'no response in time' : (systemCodeOf(error) ?? 'the connection failed');
    throw new PostError(why, { mayPass: true, isUncertain: sent.writableFinished }, error);
  }
  if (statusCode >= 200 && statusCode <= 299) return reply;
  const mayPass = statusCode >= 500 || statusCode === 429 || statusCode === 408;
  // A proxy that waited in vain does not know what became of it behind.
  throw new PostError(`it responded with ${statusCode}`, { mayPass, isUncertain: statusCode === 504 });
}
