import { z } from 'zod';

/** The API's response to a GET: the value, or why there is none. `scopes`: those of the token, from a response header. */
export type LinodeResponse<T> =
  | { readonly kind: 'found'; readonly value: T; readonly scopes: string | null }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string; readonly scopes: string | null }
  | { readonly kind: 'unreachable'; readonly reason: string };

export type LinodeApi = {
  /** `path` without `/v4`; `filter`: values that the listed objects must have. Never throws for a network or API error. */
  get<T>(path: string, shape: z.ZodType<T>, filter?: Readonly<Record<string, string>>): Promise<LinodeResponse<T>>;
};

const refusal = z.object({ errors: z.array(z.object({ reason: z.string() })) });

/** The Linode API at `url` (without `/v4`); without a token only its public part responds. */
export function linodeApi(url: string, token: string | null, signal: AbortSignal): LinodeApi {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (token !== null) headers['authorization'] = `Bearer ${token}`;
  return {
    async get(path, shape, filter) {
      try {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(20_000)]);
        const filtered = filter === undefined ? headers : { ...headers, 'x-filter': JSON.stringify(filter) };
        const response = await fetch(`${url.replace(/\/+$/, '')}/v4${path}`, { headers: filtered, signal: limit });
        return readResponse(response.status, response.headers.get('x-oauth-scopes'), await response.text(), shape);
      } catch (error) {
        signal.throwIfAborted();
        return { kind: 'unreachable', reason: reasonOf(error) };
      }
    },
  };
}

function readResponse<T>(status: number, scopes: string | null, body: string, shape: z.ZodType<T>): LinodeResponse<T> {
  const content = parseJson(body);
  if (status === 200) {
    const value = shape.safeParse(content);
    if (value.success) return { kind: 'found', value: value.data, scopes };
    return { kind: 'unreachable', reason: `unexpected response: ${z.prettifyError(value.error)}` };
  }
  const errors = refusal.safeParse(content);
  const reason = errors.success ? errors.data.errors.map((error) => error.reason).join('; ') : body.slice(0, 200);
  return { kind: 'refused', status, reason, scopes };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}`;
}
