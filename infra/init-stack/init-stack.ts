import { readFile } from 'node:fs/promises';
import type { CliContext } from '../../jobs/platform/context.ts';
import { Failure, systemCodeOf } from '../../jobs/platform/errors.ts';
import { plural } from '../../jobs/platform/format.ts';
import { openTerminal, type Terminal } from './ask.ts';
import { type Import, missingKeys, planImport, type StackKey, shown } from './plan.ts';
import { readShellFile } from './shell-file.ts';
import {
  type NamedPlace,
  readStackValues,
  type Setting,
  type StackValues,
  selectStack,
  stackExists,
  writeStackValue,
} from './stack-values.ts';

export type Request = { readonly place: NamedPlace; readonly file: string | null; readonly dryRun: boolean };

/** Fills a stack's config: first from a file of old settings, then from a person, then writes all of it at once. */
export async function initStack(request: Request, keys: readonly StackKey[], context: CliContext): Promise<void> {
  const { stack } = request.place;
  const exists = await stackExists(request.place, context);
  const now: StackValues = exists ? await readStackValues(request.place, context) : new Map();
  const imported = request.file === null ? null : planImport(readShellFile(await contentOf(request.file)), keys, now);
  if (imported !== null) tell(imported, request, context);
  const coming = imported?.settings ?? [];
  const missing = missingKeys(keys, now, coming);
  if (request.dryRun) return tellDryRun(coming, missing, context);
  const answered = context.interactive ? await askFor(missing, context) : [];
  await write(request.place, [...coming, ...answered], context);
  requireAll(missing, answered, stack);
  context.out(`The stack ${stack} has all it needs. Next: \`npx nightshift doctor --stack ${stack}\`.\n`);
}

async function contentOf(file: string): Promise<string> {
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

/** Says what of the file is left aside; throws when a value cannot be used. */
function tell(imported: Import, { file }: Request, context: CliContext): void {
  for (const line of imported.left) context.out(`left aside  ${line}\n`);
  for (const key of imported.same) context.out(`unchanged   ${key}\n`);
  if (imported.problems.length === 0) return;
  throw new Failure(
    'SETTINGS_INVALID',
    `${plural(imported.problems.length, 'value')} of ${file} cannot be used; nothing was written.`,
    imported.problems.join('\n'),
  );
}

function tellDryRun(coming: readonly Setting[], missing: readonly StackKey[], { out }: CliContext): void {
  for (const setting of coming) out(`would set   ${shown(setting)}\n`);
  for (const { key, meaning } of missing) out(`missing     ${key}: ${meaning}\n`);
  out('Nothing was written.\n');
}

async function askFor(missing: readonly StackKey[], { signal }: CliContext): Promise<Setting[]> {
  if (missing.length === 0) return [];
  const terminal = openTerminal(signal);
  try {
    const answered: Setting[] = [];
    for (const key of missing) answered.push(await askOne(key, terminal));
    return answered;
  } finally {
    terminal.close();
  }
}

/** Asks until the answer can be used; nothing typed means the default, if there is one. */
async function askOne(key: StackKey, terminal: Terminal): Promise<Setting> {
  const hint = key.default === null ? '' : ` [${key.default}]`;
  let why = '';
  for (;;) {
    const typed = await terminal.ask(`${why}${key.key}, ${key.meaning}${hint}: `, { secret: key.secret });
    const value = typed === '' ? (key.default ?? '') : typed;
    const problem = value === '' ? 'a value is needed' : key.problem(value);
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

function requireAll(missing: readonly StackKey[], answered: readonly Setting[], stack: string): void {
  const open = missing.filter(({ key }) => !answered.some((setting) => setting.key === key));
  if (open.length === 0) return;
  const lines = open.map(
    ({ key, meaning, secret }) =>
      `pulumi config set ${secret ? '--secret ' : ''}--stack ${stack} ${key}   # ${meaning}`,
  );
  throw new Failure(
    'SETTINGS_INVALID',
    `${plural(open.length, 'value')} of the stack ${stack} are still missing.`,
    `Run it in a terminal, which asks for them, or set each:\n${lines.join('\n')}`,
  );
}
