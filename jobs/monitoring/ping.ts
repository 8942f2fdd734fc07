import pRetry, { type RetryContext } from 'p-retry';
import { systemCodeOf } from '../runtime/errors.ts';
import type { Log } from '../runtime/log.ts';
import { defaultPostLimits, httpPost, PostError, type PostLimits } from './http-post.ts';

/** `log` is kept by the switch and counts neither as a success nor as a failure. */
export type PingEvent = 'start' | 'success' | 'fail' | 'log';

/** Sends an event to the dead-man's switch. Resolves once it arrived or the last try failed; never throws. */
export type Ping = (event: PingEvent, text: string, signal: AbortSignal) => Promise<void>;

const longestText = 10_000;

/**
 * A ping for the address in `variable`, POSTed as healthchecks.io has it: `<url>/start`, `<url>`, `<url>/fail`, with a
 * short text as body. Null does nothing. Pings arrive in the order of the calls, so a late start cannot follow its
 * success. One that fails is logged as a warning with the host only: the address is a secret.
 */
export function createPing(
  url: string | null,
  variable: string,
  log: Log,
  { timeoutMs, tries, firstWaitMs }: PostLimits = defaultPostLimits,
): Ping {
  if (url === null) return async () => {};
  let previous: Promise<void> = Promise.resolve();
  const send: Ping = async (event, text, signal) => {
    const address = pingAddress(url, event);
    const attempt = () => post(timeoutMs, address, text, signal);
    const shouldRetry = ({ error }: RetryContext) => !(error instanceof PostError) || error.mayPass;
    try {
      await pRetry(attempt, { retries: tries - 1, minTimeout: firstWaitMs, signal, shouldRetry });
    } catch (error) {
      if (signal.aborted) return;
      log.warn(`${address.host} did not accept the ping of the ${event}: ${reasonOf(error)}. Check ${variable}.`);
    }
  };
  return (event, text, signal) => {
    previous = previous.then(() => send(event, text, signal));
    return previous;
  };
}

/**
 * Sends a test to the switch's log (`<url>/log`, as healthchecks.io has it), which neither ends an alarm nor raises one.
 * Returns null, or why it did not arrive, without the address. Throws AbortError.
 */
export async function testPing(url: string, text: string, signal: AbortSignal): Promise<string | null> {
  try {
    await post(defaultPostLimits.timeoutMs, pingAddress(url, 'log'), text, signal);
    return null;
  } catch (error) {
    signal.throwIfAborted();
    return reasonOf(error);
  }
}

async function post(timeoutMs: number, address: URL, text: string, signal: AbortSignal): Promise<void> {
  const body = { type: 'text/plain; charset=utf-8', text: text.slice(0, longestText) };
  const reply = await httpPost(address, body, { timeoutMs, signal });
  // healthchecks.io responds with 200 to an unknown UUID; only the text says so.
  if (/not found/i.test(reply))
    throw new PostError('it does not know this address', { mayPass: false, isUncertain: false });
}

/** `https://host/uuid?create=1` and `fail` give `https://host/uuid/fail?create=1`. */
export function pingAddress(url: string, event: PingEvent): URL {
  const address = new URL(url);
  const suffix = event === 'success' ? '' : `/${event}`;
  address.pathname = address.pathname.replace(/\/+$/, '') + suffix;
  return address;
}

/** Never another error's own message: it may hold the address. */
function reasonOf(error: unknown): string {
  return error instanceof PostError ? error.message : (systemCodeOf(error) ?? 'the connection failed');
}
