import { z } from 'zod';
import type { CliContext } from '../../jobs/platform/context.ts';
import { pulumi } from './pulumi-cli.ts';

const listing = z.record(z.string(), z.object({ value: z.string().optional(), secret: z.boolean() }));

/** Full key (`nightshift:smtpHost`) to text; an object or a list as JSON. */
export type StackValues = ReadonlyMap<string, string>;

function onStack(stack: string | null): string[] {
  return stack === null ? [] : ['--stack', stack];
}

/** All config of a stack, secrets decrypted. `stack` null: the selected one. */
export async function readStackValues(stack: string | null, context: CliContext): Promise<StackValues> {
  const text = await pulumi({ args: ['config', '--json', '--show-secrets', ...onStack(stack)] }, context);
  const values = listing.parse(JSON.parse(text.trim() === '' ? '{}' : text));
  return new Map(Object.entries(values).flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value]])));
}

export type Setting = { readonly key: string; readonly value: string; readonly secret: boolean };

/** Writes one value into the stack's config, a secret encrypted. */
export async function writeStackValue(
  stack: string,
  { key, value, secret }: Setting,
  context: CliContext,
): Promise<void> {
  const kind = secret ? ['--secret'] : ['--plaintext'];
  await pulumi({ args: ['config', 'set', key, ...kind, ...onStack(stack)], input: value }, context);
}

export async function stackExists(stack: string, context: CliContext): Promise<boolean> {
  const stacks = z.array(z.object({ name: z.string() }));
  const known = stacks.parse(JSON.parse(await pulumi({ args: ['stack', 'ls', '--json'] }, context)));
  return known.some(({ name }) => name === stack || name.endsWith(`/${stack}`));
}

/** Selects the stack, making it first when there is none. */
export async function selectStack(stack: string, context: CliContext): Promise<void> {
  await pulumi({ args: ['stack', 'select', stack, '--create'] }, context);
}
