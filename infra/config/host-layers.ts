import { parseSetting, type SettingProblem } from '../../jobs/settings/problem.ts';
import { isUnset } from '../../jobs/settings/pulumi-yaml.ts';
import { rowsWithKey, type Setting, stackKeyOf } from '../../jobs/settings/setting.ts';
import { unknownKey } from './unknown-key.ts';

/** What one entry of `hosts` sets for itself. */
export type HostLayer = {
  readonly name: string;
  /** `nightshift:hosts[0].`: what the names of its keys begin with in problems. */
  readonly prefix: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
};

/** One layer an entry. Reports unknown and misplaced keys, and invalid values. */
export function readHostLayers(
  entries: readonly Readonly<Record<string, unknown>>[],
  rows: readonly Setting[],
  problems: SettingProblem[],
): HostLayer[] {
  const names: string[] = [];
  return entries.map((entry, index) => {
    const prefix = `nightshift:hosts[${index}].`;
    const { name = '', ...texts } = textsOf(entry);
    if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) {
      const hint = 'give it one: `pulumi config set --path "nightshift:hosts[0].name" east`';
      problems.push({ name: `${prefix}name`, found: 'is not a name of lower-case letters, digits and dashes', hint });
    }
    const own = rowsWithKey(rows).flatMap(({ key, row }) => {
      const text = texts[key] ?? '';
      return row.perHost && !isUnset(row, text) ? [{ key, row, text }] : [];
    });
    for (const key of Object.keys(texts)) problems.push(...misplaced(key, prefix, rows));
    if (names.includes(name))
      problems.push({ name: `${prefix}name`, found: `is "${name}" again`, hint: 'name each host once' });
    names.push(name);
    return {
      name,
      prefix,
      texts: Object.fromEntries(own.map(({ key, text }) => [key, text])),
      values: Object.fromEntries(
        own.map(({ key, row, text }) => [key, parseSetting(row, text, prefix + key, problems)]),
      ),
    };
  });
}

function textsOf(entry: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, String(value).trim()]));
}

function misplaced(key: string, prefix: string, rows: readonly Setting[]): SettingProblem[] {
  const row = rows.find((each) => stackKeyOf(each) === key);
  const name = prefix + key;
  if (row === undefined)
    return [
      unknownKey(
        prefix,
        key,
        rows.filter(({ perHost }) => perHost),
      ),
    ];
  if (row.secret) return [{ name, found: 'is a secret', hint: 'secrets are set for the whole stack' }];
  return row.perHost ? [] : [{ name, found: 'is no key of a host', hint: 'set it for the whole stack' }];
}
