import { readFile } from 'node:fs/promises';
import type { CliContext } from '../../jobs/runtime/cli-context.ts';
import { Failure, systemCodeOf } from '../../jobs/runtime/errors.ts';
import { plural } from '../../jobs/runtime/format.ts';
import { readDeployment } from '../config.ts';
import { configSourceOf } from '../stack/config-source.ts';
import {
  type NamedStack,
  readStackConfig,
  readStackFile,
  type StackConfig,
  type StackSetting,
  type StackValues,
  selectStack,
  stackExists,
  writeStackSetting,
} from '../stack/stack-config.ts';
import { type ImportPlan, planImport, settingText } from './import-plan.ts';
import { readAssignments } from './shell-assignments.ts';
import { missingKeys, problemOf, type StackKeyDescription } from './stack-keys.ts';
import { openTerminalPrompt, type TerminalPrompt } from './terminal-prompt.ts';

export type InitStackOptions = {
  readonly stack: NamedStack;
  /** File with the settings of the shell scripts. */
  readonly file: string | null;
  readonly dryRun: boolean;
};

/** Fills a stack's config from a file of old settings, then from prompts, and only then writes all of it. */
export async function initStack({ stack, file, dryRun }: InitStackOptions, context: CliContext): Promise<void> {
  const exists = await stackExists(stack, context);
  const config: StackConfig = await (exists ? readStackConfig(stack, context) : readStackFile(stack));
  const current: StackValues = new Map([...config].map(([key, { value }]) => [key, value]));
  const imported =
    file === null ? [] : reportImport(planImport(readAssignments(await readEnvFile(file)), current), file, context);
  const missingWith = (settings: readonly StackSetting[]) =>
    missingKeys(withSettings(current, settings), hasToken(context));
  if (dryRun) return reportDryRun(imported, missingWith(imported), context);
  const settings = context.interactive ? await promptForMissing(imported, missingWith, context) : imported;
  const missing = missingWith(settings);
  if (missing.length === 0) requireValid(config, settings, context);
  await writeConfig(stack, settings, context);
  requireComplete(missing, stack.stack);
  context.out(`Nothing is missing. Next: \`npx nightshift doctor --stack ${stack.stack}\`.\n`);
}

async function readEnvFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Failure(
      'ARGUMENT_INVALID',
      `${file} cannot be read (${systemCodeOf(error)}).`,
      'Check the path after --from-env.',
      error,
    );
  }
}

/** Prints what of the file is skipped, and returns what to set. Throws SETTINGS_INVALID when a value cannot be used. */
function reportImport(
  { skipped, unchanged, problems, settings }: ImportPlan,
  file: string,
  { out }: CliContext,
): readonly StackSetting[] {
  for (const line of skipped) out(`skipped     ${line}\n`);
  for (const key of unchanged) out(`unchanged   ${key}\n`);
  if (problems.length === 0) return settings;
  const message = `${plural(problems.length, 'value')} of ${file} cannot be used; nothing was written.`;
  throw new Failure('SETTINGS_INVALID', message, problems.join('\n'));
}

function reportDryRun(
  settings: readonly StackSetting[],
  missing: readonly StackKeyDescription[],
  { out }: CliContext,
): void {
  for (const setting of settings) out(`would set   ${settingText(setting)}\n`);
  for (const { key, meaning } of missing) out(`missing     ${key}: ${meaning}\n`);
  out('Nothing was written.\n');
}

/** Prompts for one key after the other; a value may make another key necessary. */
async function promptForMissing(
  settings: readonly StackSetting[],
  missingWith: (settings: readonly StackSetting[]) => StackKeyDescription[],
  { signal }: CliContext,
): Promise<StackSetting[]> {
  const all = [...settings];
  const terminal = openTerminalPrompt(signal);
  try {
    for (let [next] = missingWith(all); next !== undefined; [next] = missingWith(all))
      all.push(await promptForKey(next, terminal));
    return all;
  } finally {
    terminal.close();
  }
}

async function promptForKey(key: StackKeyDescription, terminal: TerminalPrompt): Promise<StackSetting> {
  let error = '';
  for (;;) {
    const value = await terminal.prompt(`${error}${key.key} (${key.meaning}): `, { secret: key.secret });
    const problem = problemOf(key, value);
    if (problem === null) return { key: key.key, value, secret: key.secret };
    error = `Invalid value: ${problem}.\n`;
  }
}

async function writeConfig(stack: NamedStack, settings: readonly StackSetting[], context: CliContext): Promise<void> {
  await selectStack(stack, context);
  for (const setting of settings) {
    await writeStackSetting(stack, setting, context);
    context.out(`set         ${settingText(setting)}\n`);
  }
}

function requireComplete(missing: readonly StackKeyDescription[], stack: string): void {
  if (missing.length === 0) return;
  const lines = missing.map(({ key, meaning, secret }) => {
    return `pulumi config set --stack ${stack} ${secret ? '--secret ' : ''}${key}   # ${meaning}`;
  });
  throw new Failure(
    'SETTINGS_INVALID',
    `The stack ${stack} still lacks ${plural(missing.length, 'key')}.`,
    `Run it in a terminal, which prompts for them, or set each:\n${lines.join('\n')}`,
  );
}

/** Reads the stack as the program will: throws what `up` would throw, before anything is written. */
function requireValid(config: StackConfig, settings: readonly StackSetting[], context: CliContext): void {
  readDeployment(
    configSourceOf(new Map([...config, ...settings.map((each): [string, StackSetting] => [each.key, each])]), context),
  );
}

function withSettings(current: StackValues, settings: readonly StackSetting[]): StackValues {
  return new Map([...current, ...settings.map(({ key, value }): [string, string] => [key, value])]);
}

function hasToken({ environment }: CliContext): boolean {
  return (environment['LINODE_TOKEN'] ?? '') !== '';
}
