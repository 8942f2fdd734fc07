import { request } from 'node:http';
import { password } from './scene.ts';

export type SiteResponse = { readonly code: number; readonly headers: Headers; readonly body: string };

/** A client with a cookie jar that follows no redirects. */
export type Visitor = {
  readonly cookies: Map<string, string>;
  get(path: string, headers?: Record<string, string>): Promise<SiteResponse>;
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<SiteResponse>;
  signIn(given?: string, headers?: Record<string, string>): Promise<SiteResponse>;
};

export function visitorOf(origin: string): Visitor {
  const cookies = new Map<string, string>();
  const send = async (path: string, init: RequestInit & { headers: Record<string, string> }): Promise<SiteResponse> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = cookie === '' ? init.headers : { cookie, ...init.headers };
    const response = await fetch(new URL(path, origin), { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return { code: response.status, headers: response.headers, body: await response.text() };
  };
  const post: Visitor['post'] = (path, form, headers = {}) =>
    send(path, { method: 'POST', body: new URLSearchParams(form), headers: { origin, ...headers } });
  return {
    cookies,
    get: (path, headers = {}) => send(path, { headers }),
    post,
    signIn: (given = password, headers = {}) => post('/login', { password: given, next: '/' }, headers),
  };
}

/** Sends a path as it is written: fetch would normalise it. */
export function requestRaw(
  origin: string,
  path: string,
  method = 'GET',
  headers: Record<string, string> = {},
): Promise<number> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) =>
    request({ hostname, port, path, method, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end(),
  );
}
