import path from 'node:path';
import type { CliContext } from '../../jobs/runtime/cli-context.ts';
import { Failure, systemCodeOf } from '../../jobs/runtime/errors.ts';
import { runCommand } from '../run-command.ts';

/** The checkout, where Pulumi.yaml is. */
export const projectFolder = path.resolve(import.meta.dirname, '..', '..');

/** A stack of the project in `folder`; null is the selected one. */
export type StackRef = { readonly folder: string; readonly stack: string | null };

type PulumiCall = { readonly args: readonly string[]; readonly folder: string; readonly input?: string };

/**
 * Runs the pulumi CLI in a project's folder and returns its output. `input` is written to its standard input: a secret
 * is never an argument, which every user of the machine can read. (The Automation API passes values as arguments.)
 * Throws PULUMI_MISSING or PULUMI_FAILED.
 */
export async function runPulumi(
  { args, folder, input = '' }: PulumiCall,
  { environment, signal }: CliContext,
): Promise<string> {
  const env = { PULUMI_SKIP_UPDATE_CHECK: 'true', ...environment };
  const options = [...args, '--non-interactive', '--color', 'never'];
  const { code, out, err, error } = await runCommand('pulumi', options, { input, signal, cwd: folder, env });
  if (code === 0) return out;
  if (systemCodeOf(error) === 'ENOENT') throw pulumiMissing(error);
  throw pulumiFailed(args, err.trim() || out.trim());
}

function pulumiMissing(cause: unknown): Failure {
  return new Failure(
    'PULUMI_MISSING',
    'The pulumi CLI is not on the PATH.',
    'Install it (`curl -fsSL https://get.pulumi.com | sh`, or `npm install --global pulumi`), open a new shell, then try again.',
    cause,
  );
}

const hints: readonly (readonly [RegExp, string])[] = [
  [
    /no stack selected|no stack named/i,
    'create the stack with `npx nightshift init-stack --stack NAME`, or choose one with --stack.',
  ],
  [
    /PULUMI_ACCESS_TOKEN|pulumi login|not logged in/i,
    'log in: `pulumi login` (Pulumi Cloud), or `pulumi login file://~` (a local folder).',
  ],
  [/passphrase/i, 'set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to the passphrase of this stack.'],
];

function pulumiFailed(args: readonly string[], output: string): Failure {
  const hint = hints.find(([pattern]) => pattern.test(output))?.[1];
  const excerpt = output
    .replace(/^error: /gm, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, 3)
    .join(' ');
  return new Failure(
    'PULUMI_FAILED',
    `\`pulumi ${args.slice(0, 3).join(' ')}\` failed: ${excerpt}`,
    hint ?? 'run it by hand to see more.',
  );
}
