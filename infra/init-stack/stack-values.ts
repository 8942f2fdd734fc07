import { z } from 'zod';
import type { CliContext } from '../../jobs/platform/context.ts';
import { type Place, pulumi } from './pulumi-cli.ts';

const listing = z.record(z.string(), z.object({ value: z.string().optional(), secret: z.boolean() }));

/** Full key (`nightshift:smtpHost`) to text; an object or a list as JSON. */
export type StackValues = ReadonlyMap<string, string>;

/** All config of a stack, secrets decrypted. Throws PULUMI_MISSING or PULUMI_FAILED, as all of these do. */
export async function readStackValues({ folder, stack }: Place, context: CliContext): Promise<StackValues> {
  const on = stack === null ? [] : ['--stack', stack];
  const text = await pulumi({ args: ['config', '--json', '--show-secrets', ...on], folder }, context);
  const values = listing.parse(JSON.parse(text.trim() === '' ? '{}' : text));
  return new Map(Object.entries(values).flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value]])));
}

export type Setting = { readonly key: string; readonly value: string; readonly secret: boolean };
export type NamedPlace = Place & { readonly stack: string };

/** Writes one value into the stack's config, a secret encrypted. */
export async function writeStackValue(
  { folder, stack }: NamedPlace,
  setting: Setting,
  context: CliContext,
): Promise<void> {
  const kind = setting.secret ? '--secret' : '--plaintext';
  await pulumi({ args: ['config', 'set', setting.key, kind, '--stack', stack], folder, input: setting.value }, context);
}

export async function stackExists({ folder, stack }: NamedPlace, context: CliContext): Promise<boolean> {
  const stacks = z.array(z.object({ name: z.string() }));
  const known = stacks.parse(JSON.parse(await pulumi({ args: ['stack', 'ls', '--json'], folder }, context)));
  return known.some(({ name }) => name === stack || name.endsWith(`/${stack}`));
}

/** Selects the stack, making it first when there is none. */
export async function selectStack({ folder, stack }: NamedPlace, context: CliContext): Promise<void> {
  await pulumi({ args: ['stack', 'select', stack, '--create'], folder }, context);
}
