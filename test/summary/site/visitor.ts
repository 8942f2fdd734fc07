import { request } from 'node:http';
import { password } from './scene.ts';

export type Answer = { readonly code: number; readonly headers: Headers; readonly body: string };

/** Somebody with a cookie jar who follows no redirect by himself. */
export type Visitor = {
  readonly cookies: Map<string, string>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  signIn(given?: string, headers?: Record<string, string>): Promise<Answer>;
};

export function visitorOf(origin: string): Visitor {
  const cookies = new Map<string, string>();
  const ask = async (path: string, init: RequestInit & { headers: Record<string, string> }): Promise<Answer> => {
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
    ask(path, { method: 'POST', body: new URLSearchParams(form), headers: { origin, ...headers } });
  return {
    cookies,
    get: (path, headers = {}) => ask(path, { headers }),
    post,
    signIn: (given = password, headers = {}) => post('/login', { password: given, next: '/' }, headers),
  };
}

/** Sends a path as it is written: fetch would tidy it up. */
export function askRaw(
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
