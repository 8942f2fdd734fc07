import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { CliContext } from '../../jobs/runtime/cli-context.ts';
import { isUnset } from '../../jobs/settings/pulumi-yaml.ts';
import { stackKeyOf } from '../../jobs/settings/setting.ts';
import { table } from '../../jobs/settings/table.ts';
import { runPulumi, type StackRef } from './pulumi-cli.ts';

const configListing = z.record(z.string(), z.object({ value: z.string().optional(), secret: z.boolean() }));

type StackConfigEntry = {
  readonly value: string;
  readonly secret: boolean;
  /** The value is the encrypted one. */
  readonly sealed?: boolean;
};

/** Full key (`nightshift:smtpHost`) to its text, decrypted; an object or a list as JSON. */
export type StackConfig = ReadonlyMap<string, StackConfigEntry>;
export type StackValues = ReadonlyMap<string, string>;

/** The whole config of a stack. Throws PULUMI_MISSING or PULUMI_FAILED, as all functions here that call the CLI. */
export async function readStackConfig({ folder, stack }: StackRef, context: CliContext): Promise<StackConfig> {
  const stackArgs = stack === null ? [] : ['--stack', stack];
  const text = await runPulumi({ args: ['config', '--json', '--show-secrets', ...stackArgs], folder }, context);
  const entries = Object.entries(configListing.parse(JSON.parse(text.trim() === '' ? '{}' : text)));
  return new Map(
    entries.flatMap(([key, { value = '', secret }]) => (isUnsetKey(key, value) ? [] : [[key, { value, secret }]])),
  );
}

/** The config file of a stack that does not exist yet, such as the one of the checkout. Its secrets stay encrypted. */
export async function readStackFile({ folder, stack }: NamedStack): Promise<StackConfig> {
  const text = await readFile(path.join(folder, `Pulumi.${stack}.yaml`), 'utf8').catch(() => '');
  const { config = {} } = stackFile.parse(parse(text) ?? {});
  return new Map(
    Object.entries(config).flatMap(([key, value]): [string, StackConfigEntry][] => {
      const plain = value === null || typeof value !== 'object';
      const shown = plain ? String(value ?? '') : JSON.stringify(value);
      const sealed = !plain && 'secure' in value;
      return isUnsetKey(key, shown) ? [] : [[key, { value: shown, secret: sealed, sealed }]];
    }),
  );
}

const stackFile = z.object({ config: z.record(z.string(), z.unknown()).optional() });

/** Pulumi.yaml must give optional keys a default; an empty one means not set. */
function isUnsetKey(key: string, value: string): boolean {
  const row = table.find((each) => `nightshift:${stackKeyOf(each)}` === key);
  return row === undefined ? value === '' : isUnset(row, value);
}

export type StackSetting = { readonly key: string; readonly value: string; readonly secret: boolean };
export type NamedStack = StackRef & { readonly stack: string };

/** Writes one value into the stack's config, a secret encrypted. */
export async function writeStackSetting(
  { folder, stack }: NamedStack,
  setting: StackSetting,
  context: CliContext,
): Promise<void> {
  const kind = setting.secret ? '--secret' : '--plaintext';
  await runPulumi(
    { args: ['config', 'set', setting.key, kind, '--stack', stack], folder, input: setting.value },
    context,
  );
}

const stacks = z.array(z.object({ name: z.string(), current: z.boolean(), resourceCount: z.number().optional() }));

async function findStack({ folder, stack }: StackRef, context: CliContext) {
  const existing = stacks.parse(JSON.parse(await runPulumi({ args: ['stack', 'ls', '--json'], folder }, context)));
  return existing.find(({ name, current }) =>
    stack === null ? current : name === stack || name.endsWith(`/${stack}`),
  );
}

export async function stackExists(stack: NamedStack, context: CliContext): Promise<boolean> {
  return (await findStack(stack, context)) !== undefined;
}

/** Whether an `up` has created anything yet. */
export async function isDeployed(stack: StackRef, context: CliContext): Promise<boolean> {
  return ((await findStack(stack, context))?.resourceCount ?? 0) > 0;
}

/** Selects the stack, and creates it if it does not exist. */
export async function selectStack({ folder, stack }: NamedStack, context: CliContext): Promise<void> {
  await runPulumi({ args: ['stack', 'select', stack, '--create'], folder }, context);
}
