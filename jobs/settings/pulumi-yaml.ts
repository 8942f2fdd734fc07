import { z } from 'zod';
import { rowsWithKey, type Setting, stackKeyOf } from './setting.ts';

/** Pulumi's word for what a setting is. */
export type PulumiType = 'string' | 'integer' | 'boolean' | 'array';

/** Follows from the rule; a list of texts stays one text, with commas. */
export function pulumiTypeOf({ rule }: Setting): PulumiType {
  const { type, items } = z.toJSONSchema(rule, { io: 'output', unrepresentable: 'any' });
  if (type === 'integer' || type === 'boolean') return type;
  return type === 'array' && typeof items === 'object' && 'type' in items && items.type === 'object'
    ? 'array'
    : 'string';
}

/** The default that Pulumi.yaml gives. Without one Pulumi would ask for the key in every stack; the empty ones say nothing. */
function pulumiDefaultOf(row: Setting): string {
  return row.default ?? { string: '', integer: '0', boolean: 'false', array: '[]' }[pulumiTypeOf(row)];
}

/** What the stack's key is for; other settings are named by their keys. */
export function stackMeaning({ meaning }: Setting, rows: readonly Setting[]): string {
  return meaning.replace(/`([A-Z_]+)`/g, (quoted, name) => {
    const row = rows.find(({ environment }) => environment === name);
    return (row && stackKeyOf(row)) ?? quoted;
  });
}

/** The config section of Pulumi.yaml, to its end. */
export function pulumiConfigSection(rows: readonly Setting[]): string {
  const ofStack = rowsWithKey(rows);
  const entries = ofStack
    .filter(({ row }) => !row.secret)
    .flatMap(({ key, row }) => {
      const type = pulumiTypeOf(row);
      const text = pulumiDefaultOf(row);
      return [
        `  nightshift:${key}:`,
        `    type: ${type}`,
        ...(type === 'array' ? ['    items:', '      type: object'] : []),
        `    default: ${type === 'string' ? JSON.stringify(text) : text}`,
        `    description: ${JSON.stringify(stackMeaning(row, rows))}`,
      ];
    });
  const secrets = ofStack
    .filter(({ row }) => row.secret)
    .map(({ key, row }) => `#   ${key}: ${stackMeaning(row, rows)}`);
  return `${[
    'config:',
    ...entries,
    '# Secrets have no default, and one with a type and no default would be required of every stack. Set those you need with',
    '# `pulumi config set --secret nightshift:NAME`:',
    ...secrets,
  ].join('\n')}\n`;
}

/** Whether a text of the stack means not set: empty, or the empty default that Pulumi.yaml had to give. */
export function isUnset(row: Setting, text: string): boolean {
  return text.trim() === '' || (row.default === null && text.trim() === pulumiDefaultOf(row));
}
