import type { StackSetting, StackValues } from '../stack/stack-config.ts';
import { keyForVariable } from './script-variables.ts';
import type { ShellLine } from './shell-assignments.ts';
import { describeKey, problemOf } from './stack-keys.ts';

export type ImportPlan = {
  /** To be written: new or changed. */
  readonly settings: readonly StackSetting[];
  /** Keys that already have this value. */
  readonly unchanged: readonly string[];
  /** Lines and variables of the file that are not imported, each with the reason. */
  readonly skipped: readonly string[];
  /** Values that cannot be used; nothing is written when there is one. */
  readonly problems: readonly string[];
};

type MappedVariable =
  | { readonly name: string; readonly setting: StackSetting }
  | { readonly name: string; readonly reason: string };

/** What a file of old settings changes in the stack's config. The last of several assignments counts, as in a shell. */
export function planImport(lines: readonly ShellLine[], current: StackValues): ImportPlan {
  const assigned = lines.filter((line) => line.kind === 'assignment');
  const values = new Map(assigned.map(({ name, value }) => [name, value]));
  const endpoint = /^https?:\/\//.test(values.get('LINODE_ENDPOINT') ?? '');
  const variables = [...values].map(([name, value]) => mapVariable(name, value, endpoint));
  const imported = variables.filter((each) => 'setting' in each);
  const settings = [...imported.map(({ setting }) => setting), ...bucketAdoption(imported, current)];
  const isUnchanged = ({ key, value }: StackSetting) => current.get(key) === value;
  return {
    settings: settings.filter((setting) => !isUnchanged(setting)),
    unchanged: settings.filter(isUnchanged).map(({ key }) => key),
    skipped: [
      ...variables.flatMap((each) => ('reason' in each ? [`${each.name}: ${each.reason}`] : [])),
      ...lines.flatMap((line) => (line.kind === 'unreadable' ? [`line ${line.line}: ${line.reason}`] : [])),
    ],
    problems: imported.flatMap(({ name, setting: { key, value } }) => {
      const problem = problemOf(describeKey(key), value);
      return problem === null ? [] : [`${name} (${key}): ${problem}`];
    }),
  };
}

function mapVariable(name: string, value: string, endpoint: boolean): MappedVariable {
  const mapping = keyForVariable(name, endpoint);
  if ('reason' in mapping) return { name, reason: mapping.reason };
  if (value === '') return { name, reason: 'empty' };
  return { name, setting: { key: mapping.key, value, secret: describeKey(mapping.key).secret } };
}

/** The scripts' bucket exists already, so a stack that has no bucket yet adopts it. */
function bucketAdoption(imported: readonly { readonly setting: StackSetting }[], current: StackValues): StackSetting[] {
  const bucket = imported.some(({ setting }) => setting.key === 'nightshift:bucket');
  const isDecided = current.has('nightshift:bucket') || current.get('nightshift:bucketAdopt') === 'true';
  return bucket && !isDecided ? [{ key: 'nightshift:bucketAdopt', value: 'true', secret: false }] : [];
}

/** `key = value` for a person, without the value of a secret. */
export function settingText({ key, value, secret }: StackSetting): string {
  return `${key} = ${secret ? '(secret)' : value}`;
}
