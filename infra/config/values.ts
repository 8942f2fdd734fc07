import { type ConfigKey, type ConfigKeyName, configKeys } from './keys.ts';
import type { Problem } from './problems.ts';
import type { ConfigSource } from './source.ts';

/** The texts of one host's config: its own, else the stack's. */
export type Texts = { readonly name: string; text(key: ConfigKeyName): string | null };

type Layer = Readonly<Record<string, string>>;

/** One set of texts a host: the stack's alone, or one for each entry of `hosts`. Reports unknown and misplaced keys. */
export function readLayers(source: ConfigSource, problems: Problem[]): Texts[] {
  const stack = (key: ConfigKeyName) => source.get(key)?.trim() || null;
  const list = stack('hosts');
  if (list === null || list === '[]') return [{ name: '', text: stack }];
  return readHosts(list, problems).map((layer) => ({
    name: layer['name'] ?? '',
    text: (key) => layer[key]?.trim() || stack(key),
  }));
}

function readHosts(text: string, problems: Problem[]): Layer[] {
  const hint = 'write a list of objects, each with a name: `pulumi config set --path "nightshift:hosts[0].name" east`';
  const entries = parsed(text);
  if (!Array.isArray(entries) || entries.length === 0) {
    problems.push({ key: 'hosts', found: 'is no list', hint });
    return [];
  }
  const layers = entries.map((entry) =>
    Object.fromEntries(Object.entries(Object(entry)).map(([key, value]) => [key, String(value)])),
  );
  layers.forEach((layer, index) => {
    problems.push(...problemsOf(layer, `hosts[${index}]`, hint));
    if (layers.findIndex(({ name }) => name === layer['name']) < index)
      problems.push({ key: `hosts[${index}].name`, found: `is "${layer['name']}" again`, hint: 'name each host once' });
  });
  return layers;
}

function problemsOf(layer: Layer, at: string, hint: string): Problem[] {
  const found: Problem[] = [];
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(layer['name'] ?? ''))
    found.push({ key: `${at}.name`, found: 'is no name of small letters, digits and dashes', hint });
  for (const key of Object.keys(layer).filter((each) => each !== 'name')) {
    const known: ConfigKey | undefined = isKey(key) ? configKeys[key] : undefined;
    if (known?.secret === true)
      found.push({ key: `${at}.${key}`, found: 'is a secret', hint: 'secrets are set for the whole stack' });
    else if (known?.perHost !== true)
      found.push({ key: `${at}.${key}`, found: 'is no key of a host', hint: 'see Pulumi.yaml for the keys' });
  }
  return found;
}

function isKey(key: string): key is ConfigKeyName {
  return Object.hasOwn(configKeys, key);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
