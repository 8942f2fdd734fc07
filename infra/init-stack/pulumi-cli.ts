import { spawn } from 'node:child_process';
import path from 'node:path';
import type { CliContext } from '../../jobs/runtime/cli-context.ts';
import { Failure, systemCodeOf } from '../../jobs/runtime/errors.ts';

/** The checkout, where Pulumi.yaml is. */
export const projectFolder = path.resolve(import.meta.dirname, '..', '..');

/** Which stack: `folder` has Pulumi.yaml; no stack is the selected one. */
export type Place = { readonly folder: string; readonly stack: string | null };

type Call = { readonly args: readonly string[]; readonly folder: string; readonly input?: string };

/**
 * Runs the pulumi CLI in a project's folder and returns what it printed. `input` goes to its stdin: a secret never stands among
 * the arguments, where every user of the machine could read it. Throws PULUMI_MISSING or PULUMI_FAILED.
 */
export async function pulumi({ args, folder, input = '' }: Call, { environment, signal }: CliContext): Promise<string> {
  const env = { PULUMI_SKIP_UPDATE_CHECK: 'true', ...environment };
  const child = spawn('pulumi', [...args, '--non-interactive', '--color', 'never'], {
    cwd: folder,
    env,
    stdio: 'pipe',
    signal,
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.on('error', reject);
  child.on('close', resolve);
  try {
    const code = await promise;
    if (code === 0) return out;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') throw missing(error);
    throw error;
  }
  throw failed(args, err.trim() || out.trim());
}

function missing(cause: unknown): Failure {
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
    'make the stack with `npx nightshift init-stack --stack NAME`, or choose one with --stack.',
  ],
  [
    /PULUMI_ACCESS_TOKEN|pulumi login|not logged in/i,
    'log in: `pulumi login` (their service), or `pulumi login file://~` (a folder of yours).',
  ],
  [/passphrase/i, 'set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to the passphrase of this stack.'],
];

function failed(args: readonly string[], said: string): Failure {
  const hint = hints.find(([pattern]) => pattern.test(said))?.[1];
  const last = said
    .replace(/^error: /gm, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, 3)
    .join(' ');
  return new Failure(
    'PULUMI_FAILED',
    `\`pulumi ${args.slice(0, 3).join(' ')}\` failed: ${last}`,
    hint ?? 'run it by hand to see more.',
  );
}
