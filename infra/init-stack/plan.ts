import { problemOf, stackKeys } from './keys.ts';
import { routeOf } from './old-names.ts';
import type { ShellLine } from './shell-file.ts';
import type { Setting, StackValues } from './stack-values.ts';

export type Import = {
  /** To be written: new or changed. */
  readonly settings: readonly Setting[];
  /** Keys that already have this value. */
  readonly same: readonly string[];
  /** Lines and names of the file that were not taken, each with why. */
  readonly left: readonly string[];
  /** Values that cannot be used; nothing is written when there is one. */
  readonly problems: readonly string[];
};

type Found = { readonly name: string; readonly setting: Setting } | { readonly name: string; readonly why: string };

/** What a file of old settings becomes in the stack's config. The last of two assignments counts, as in a shell. */
export function planImport(lines: readonly ShellLine[], now: StackValues): Import {
  const assigned = lines.filter((line) => line.kind === 'assignment');
  const values = new Map(assigned.map(({ name, value }) => [name, value]));
  const endpoint = /^https?:\/\//.test(values.get('LINODE_ENDPOINT') ?? '');
  const found = [...values].map(([name, value]) => find(name, value, endpoint));
  const taken = found.filter((each) => 'setting' in each);
  const settings = [...taken.map(({ setting }) => setting), ...adoption(taken, now)];
  const isSame = ({ key, value }: Setting) => now.get(key) === value;
  return {
    settings: settings.filter((setting) => !isSame(setting)),
    same: settings.filter(isSame).map(({ key }) => key),
    left: [
      ...found.flatMap((each) => ('why' in each ? [`${each.name}: ${each.why}`] : [])),
      ...lines.flatMap((line) => (line.kind === 'other' ? [`line ${line.line}: ${line.why}`] : [])),
    ],
    problems: taken.flatMap(({ name, setting: { key, value } }) => {
      const known = stackKeys.get(key);
      const problem = known === undefined ? 'no such key' : problemOf(known, value);
      return problem === null ? [] : [`${name} (${key}): ${problem}`];
    }),
  };
}

function find(name: string, value: string, endpoint: boolean): Found {
  const route = routeOf(name, endpoint);
  if ('why' in route) return { name, why: route.why };
  if (value === '') return { name, why: 'empty' };
  return { name, setting: { key: route.key, value, secret: stackKeys.get(route.key)?.secret ?? true } };
}

/** The scripts' bucket exists, so a stack that has none yet adopts it. */
function adoption(taken: readonly { readonly setting: Setting }[], now: StackValues): Setting[] {
  const bucket = taken.some(({ setting }) => setting.key === 'nightshift:bucket');
  const decided = now.has('nightshift:bucket') || now.get('nightshift:bucketAdopt') === 'true';
  return bucket && !decided ? [{ key: 'nightshift:bucketAdopt', value: 'true', secret: false }] : [];
}

/** `key = value` as it may be shown: of a secret, nothing. */
export function shown({ key, value, secret }: Setting): string {
  return `${key} = ${secret ? '(secret)' : value}`;
}
