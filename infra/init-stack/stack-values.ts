import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { CliContext } from '../../jobs/runtime/cli-context.ts';
import { type ConfigKey, configKeys } from '../config/keys.ts';
import { type Place, pulumi } from './pulumi-cli.ts';

const listing = z.record(z.string(), z.object({ value: z.string().optional(), secret: z.boolean() }));

/** Full key (`nightshift:smtpHost`) to its text, decrypted; an object or a list as JSON. */
export type StackConfig = ReadonlyMap<string, { readonly value: string; readonly secret: boolean }>;
export type StackValues = ReadonlyMap<string, string>;

/** All config of a stack. Throws PULUMI_MISSING or PULUMI_FAILED, as all of these do. */
export async function readStackConfig({ folder, stack }: Place, context: CliContext): Promise<StackConfig> {
  const on = stack === null ? [] : ['--stack', stack];
  const text = await pulumi({ args: ['config', '--json', '--show-secrets', ...on], folder }, context);
  const found = Object.entries(listing.parse(JSON.parse(text.trim() === '' ? '{}' : text)));
  return new Map(
    found.flatMap(([key, { value = '', secret }]) => (isUnset(key, value) ? [] : [[key, { value, secret }]])),
  );
}

/** The file of a stack that Pulumi does not know yet, such as one that came with the checkout. Its secrets stay closed. */
export async function readStackFile({ folder, stack }: NamedPlace): Promise<StackConfig> {
  const text = await readFile(path.join(folder, `Pulumi.${stack}.yaml`), 'utf8').catch(() => '');
  const { config = {} } = stackFile.parse(parse(text) ?? {});
  return new Map(
    Object.entries(config).flatMap(([key, value]): [string, { value: string; secret: boolean }][] => {
      const plain = value === null || typeof value !== 'object';
      const shown = plain ? String(value ?? '') : JSON.stringify(value);
      return isUnset(key, shown) ? [] : [[key, { value: shown, secret: !plain && 'secure' in value }]];
    }),
  );
}

const stackFile = z.object({ config: z.record(z.string(), z.unknown()).optional() });

/** Pulumi.yaml must give a default to what may be left out; that one says nothing. */
function isUnset(key: string, value: string): boolean {
  const empty = value === '' || value === '[]' || value === '0';
  return empty && !(value === '0' && defaultOf(key) !== null);
}

function defaultOf(key: string): ConfigKey['default'] {
  const keys: Readonly<Record<string, ConfigKey>> = configKeys;
  return keys[key.replace(/^nightshift:/, '')]?.default ?? null;
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

const stacks = z.array(z.object({ name: z.string(), current: z.boolean(), resourceCount: z.number().optional() }));

async function findStack({ folder, stack }: Place, context: CliContext) {
  const known = stacks.parse(JSON.parse(await pulumi({ args: ['stack', 'ls', '--json'], folder }, context)));
  return known.find(({ name, current }) => (stack === null ? current : name === stack || name.endsWith(`/${stack}`)));
}

export async function stackExists(place: NamedPlace, context: CliContext): Promise<boolean> {
  return (await findStack(place, context)) !== undefined;
}

/** Whether an `up` has made anything yet. */
export async function isDeployed(place: Place, context: CliContext): Promise<boolean> {
  return ((await findStack(place, context))?.resourceCount ?? 0) > 0;
}

/** Selects the stack, making it first when there is none. */
export async function selectStack({ folder, stack }: NamedPlace, context: CliContext): Promise<void> {
  await pulumi({ args: ['stack', 'select', stack, '--create'], folder }, context);
}
