import { parseSetting, type SettingProblem } from '../../jobs/settings/problem.ts';
import { isUnset, stackMeaning } from '../../jobs/settings/pulumi-yaml.ts';
import { rowsWithKey, type Setting, stackKeyOf } from '../../jobs/settings/setting.ts';
import type { SecretKey, StackConfigValues, StackKey } from '../../jobs/settings/table.ts';
import { type HostLayer, readHostLayers } from './host-layers.ts';
import type { ConfigSource } from './source.ts';
import { unknownKey } from './unknown-key.ts';

/** The stack's config as one host has it: its own keys, else the stack's, else the defaults. */
export type HostConfig = {
  /** Empty when the stack has one host only. */
  readonly name: string;
  readonly values: StackConfigValues;
  /** Text of each variable that the stack sets for the jobs, secrets apart. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variable to the secret that the stack has for it. */
  readonly secretVariables: Readonly<Record<string, SecretKey>>;
  /** Whether the key is set, be its value usable or not. */
  has(key: StackKey): boolean;
  /** The value. When there is none, reports a problem and returns a placeholder, which is never used: the config is rejected. */
  required<Key extends StackKey>(key: Key, why: string): NonNullable<StackConfigValues[Key]>;
  report(key: StackKey, found: string, hint: string): void;
};

export type ResolvedConfig = {
  /** The keys of the stack itself. */
  readonly stack: HostConfig;
  readonly hosts: readonly HostConfig[];
  readonly secrets: readonly SecretKey[];
};

const prefix = 'nightshift:';

/** Reads every key by the rule of its row. Unknown keys, unencrypted secrets and invalid values are added to `problems`. */
export function readStack(source: ConfigSource, rows: readonly Setting[], problems: SettingProblem[]): ResolvedConfig {
  const keyed = rowsWithKey(rows);
  const unknown = source.keys().filter((key) => !keyed.some((each) => each.key === key));
  problems.push(...unknown.map((key) => unknownKey(prefix, key, rows)));
  const given = keyed.flatMap(({ key, row }) => {
    const text = source.get(key)?.trim() ?? '';
    return isUnset(row, text) ? [] : [{ key, row, text }];
  });
  const texts = Object.fromEntries(given.map(({ key, text }) => [key, text]));
  for (const { key } of given.filter(({ key, row }) => row.secret && !source.isSecret(key))) {
    const hint = `set it again: \`pulumi config set --secret ${prefix}${key}\`, and change it where it is used`;
    problems.push({ name: prefix + key, found: 'is not encrypted in the stack’s file', hint });
  }
  const values = Object.fromEntries(
    keyed.map(({ key, row }) => {
      const text = source.isSealed(key) ? null : (texts[key] ?? null);
      return [key, parseSetting(row, text, prefix + key, problems)];
    }),
  );
  const base: HostLayer = { name: '', prefix, texts, values };
  const configOf = (layer: HostLayer) => hostConfig(layer, rows, problems);
  const stack = configOf(base);
  const entries = stack.values.hosts ?? [];
  const layers = readHostLayers(entries, rows, problems).map((own) => ({
    ...own,
    texts: { ...texts, ...own.texts },
    values: { ...values, ...own.values },
  }));
  const secrets = given.filter(({ row }) => row.secret).map(({ key }) => key as SecretKey);
  return { stack, hosts: layers.length === 0 ? [stack] : layers.map(configOf), secrets };
}

function hostConfig(layer: HostLayer, rows: readonly Setting[], problems: SettingProblem[]): HostConfig {
  // The rows are those that the type was made of; a test may add others.
  const values = layer.values as StackConfigValues;
  const rowOf = (key: StackKey) => rows.find((row) => stackKeyOf(row) === key);
  const has = (key: string) => key in layer.texts;
  const report = (key: StackKey, found: string, hint: string) => {
    const name = (rowOf(key)?.perHost ? layer.prefix : prefix) + key;
    if (!problems.some((problem) => problem.name === name && problem.found === found))
      problems.push({ name, found, hint });
  };
  return {
    name: layer.name,
    values,
    has,
    report,
    required(key, why) {
      const row = rowOf(key);
      if (values[key] === null && !has(key) && row !== undefined)
        report(key, 'is not set', `${why}; set it: ${stackMeaning(row, rows)}`);
      return (values[key] ?? '') as NonNullable<StackConfigValues[typeof key]>;
    },
    ...jobVariables(layer, rows),
  };
}

function jobVariables({ texts }: HostLayer, rows: readonly Setting[]) {
  const environment: Record<string, string> = {};
  const secretVariables: Record<string, SecretKey> = {};
  for (const { key, row } of rowsWithKey(rows)) {
    const { environment: name, onlyWith } = row;
    if (name === null || (onlyWith !== null && !(onlyWith in texts))) continue;
    const text = texts[key] ?? row.default;
    if (text === null) continue;
    if (row.secret) secretVariables[name] = key as SecretKey;
    else environment[name] = text;
  }
  return { environment, secretVariables };
}
