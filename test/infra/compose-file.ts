import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

export const composeFile = path.resolve(import.meta.dirname, '..', '..', 'infra', 'compose.yaml');

type Settings = Readonly<Record<string, string>>;

export type Volume = { readonly source: string; readonly target: string };

/** A service of infra/compose.yaml as Compose starts it: nothing is left to fill in. */
export type ComposeService = { readonly environment: Settings; readonly volumes: readonly Volume[] } & Readonly<
  Record<string, unknown>
>;

/** The services of infra/compose.yaml with a `.env` beside it, by name. Throws for a required value that is not set. */
export function composeServices(settings: Settings): Record<string, ComposeService> {
  const text = filledIn(readFileSync(composeFile, 'utf8'), settings);
  const { services } = parse(text, { merge: true }) as {
    services: Record<string, ComposeService & { env_file: string[] }>;
  };
  return Object.fromEntries(
    Object.entries(services).map(([name, { env_file: files, ...service }]) => {
      const given = files.includes('.env') ? settings : {};
      return [name, { ...service, environment: { ...given, ...service.environment } }];
    }),
  );
}

/** `${NAME}`, `${NAME:-default}` and `${NAME:?message}` replaced, from the innermost outwards. */
function filledIn(text: string, settings: Settings): string {
  const filled = text.replace(/\$\{(\w+)(?::([-?])([^{}]*))?\}/g, (_, name: string, kind = '', more = '') => {
    const value = settings[name] ?? '';
    if (value === '' && kind === '?') throw new Error(`${name} is not set: ${more}`);
    return value === '' && kind === '-' ? more : value;
  });
  return filled === text ? text : filledIn(filled, settings);
}
