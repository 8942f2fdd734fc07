import { readFile } from 'node:fs/promises';
import type { CliContext } from '../../jobs/runtime/cli-context.ts';
import { Failure, systemCodeOf } from '../../jobs/runtime/errors.ts';
import { plural } from '../../jobs/runtime/format.ts';
import { readDeployment } from '../config.ts';
import { openTerminal, type Terminal } from './ask.ts';
import { missingKeys, problemOf, type StackKey } from './keys.ts';
import { type Import, planImport, shown } from './plan.ts';
import { readShellFile } from './shell-file.ts';
import { sourceOf } from './stack-source.ts';
import {
  type NamedPlace,
  readStackConfig,
  readStackFile,
  type Setting,
  type StackConfig,
  type StackValues,
  selectStack,
  stackExists,
  writeStackValue,
} from './stack-values.ts';

export type Request = { readonly place: NamedPlace; readonly file: string | null; readonly dryRun: boolean };

/** Fills a stack's config: from a file of old settings, then from a person, and only then writes all of it. */
export async function initStack(request: Request, context: CliContext): Promise<void> {
  const { place, file, dryRun } = request;
  const exists = await stackExists(place, context);
  const config: StackConfig = await (exists ? readStackConfig(place, context) : readStackFile(place));
  const now: StackValues = new Map([...config].map(([key, { value }]) => [key, value]));
  const imported = file === null ? [] : tell(planImport(readShellFile(await contentOf(file)), now), file, context);
  const open = (settings: readonly Setting[]) => missingKeys(withAll(now, settings), hasToken(context));
  if (dryRun) return tellDryRun(imported, open(imported), context);
  const settings = context.interactive ? await askFor(imported, open, context) : imported;
  const missing = open(settings);
  if (missing.length === 0) requireUsable(config, settings, context);
  await write(place, settings, context);
  requireAll(missing, place.stack);
  context.out(`Nothing is missing. Next: \`npx nightshift doctor --stack ${place.stack}\`.\n`);
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = systemCodeOf(error);
    throw new Failure(
      'ARGUMENT_INVALID',
      `${file} cannot be read (${why}).`,
      'Check the path after --from-env.',
      error,
    );
  }
}

/** Says what of the file is left aside, and returns what is to be set; throws when a value cannot be used. */
function tell({ left, same, problems, settings }: Import, file: string, { out }: CliContext): readonly Setting[] {
  for (const line of left) out(`left aside  ${line}\n`);
  for (const key of same) out(`unchanged   ${key}\n`);
  if (problems.length === 0) return settings;
  const message = `${plural(problems.length, 'value')} of ${file} cannot be used; nothing was written.`;
  throw new Failure('SETTINGS_INVALID', message, problems.join('\n'));
}

function tellDryRun(coming: readonly Setting[], missing: readonly StackKey[], { out }: CliContext): void {
  for (const setting of coming) out(`would set   ${shown(setting)}\n`);
  for (const { key, meaning } of missing) out(`missing     ${key}: ${meaning}\n`);
  out('Nothing was written.\n');
}

/** Asks for one key after the other; an answer may make another key needed. */
async function askFor(
  settings: readonly Setting[],
  open: (settings: readonly Setting[]) => StackKey[],
  { signal }: CliContext,
): Promise<Setting[]> {
  const all = [...settings];
  const terminal = openTerminal(signal);
  try {
    for (let [next] = open(all); next !== undefined; [next] = open(all)) all.push(await askOne(next, terminal));
    return all;
  } finally {
    terminal.close();
  }
}

async function askOne(key: StackKey, terminal: Terminal): Promise<Setting> {
  let why = '';
  for (;;) {
    const value = await terminal.ask(`${why}${key.key} (${key.meaning}): `, { secret: key.secret });
    const problem = problemOf(key, value);
    if (problem === null) return { key: key.key, value, secret: key.secret };
    why = `Not usable: ${problem}.\n`;
  }
}

async function write(place: NamedPlace, settings: readonly Setting[], context: CliContext): Promise<void> {
  await selectStack(place, context);
  for (const setting of settings) {
    await writeStackValue(place, setting, context);
    context.out(`set         ${shown(setting)}\n`);
  }
}

function requireAll(missing: readonly StackKey[], stack: string): void {
  if (missing.length === 0) return;
  const lines = missing.map(({ key, meaning, secret }) => {
    return `pulumi config set --stack ${stack} ${secret ? '--secret ' : ''}${key}   # ${meaning}`;
  });
  throw new Failure(
    'SETTINGS_INVALID',
    `${plural(missing.length, 'key')} of the stack ${stack} still missing.`,
    `Run it in a terminal, which asks for them, or set each:\n${lines.join('\n')}`,
  );
}

/** The whole stack as the program will read it: throws what `up` would throw, before anything is written. */
function requireUsable(config: StackConfig, settings: readonly Setting[], context: CliContext): void {
  readDeployment(
    sourceOf(new Map([...config, ...settings.map((each): [string, Setting] => [each.key, each])]), context),
  );
}

function withAll(now: StackValues, settings: readonly Setting[]): StackValues {
  return new Map([...now, ...settings.map(({ key, value }): [string, string] => [key, value])]);
}

function hasToken({ environment }: CliContext): boolean {
  return (environment['LINODE_TOKEN'] ?? '') !== '';
}
