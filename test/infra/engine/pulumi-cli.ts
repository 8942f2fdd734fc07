import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';

/** A checkout with the pulumi CLI in it, as a user has them. */
export type CliProject = {
  /** Runs the CLI; `output` is all that a person sees. */
  pulumi(...args: string[]): Promise<{ code: number; output: string }>;
  /** As `pulumi config set` for each; secrets encrypted. */
  set(values: Readonly<Record<string, { readonly value: string; readonly secret?: boolean }>>): Promise<void>;
};

type ProjectOptions = {
  readonly folder: string;
  readonly debugProviders: string;
  readonly debugLanguages: string;
};

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const tracked = ['Pulumi.yaml', 'infra', 'jobs', 'package-lock.json', 'package.json', 'tsconfig.json'];

/** A copy of the checkout in `folder` with a stack of its own, its state beside it. */
export async function createCliProject({ folder, ...attached }: ProjectOptions): Promise<CliProject> {
  const checkout = path.join(folder, 'checkout');
  mkdirSync(path.join(folder, 'state'), { recursive: true });
  for (const name of tracked) cpSync(path.join(root, name), path.join(checkout, name), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(checkout, 'node_modules'));
  const env = {
    ...process.env,
    HOME: folder,
    PULUMI_HOME: path.join(folder, 'home'),
    PULUMI_BACKEND_URL: `file://${path.join(folder, 'state')}`,
    PULUMI_CONFIG_PASSPHRASE: 'made for this test',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    PULUMI_DEBUG_LANGUAGES: attached.debugLanguages,
    PULUMI_DEBUG_PROVIDERS: attached.debugProviders,
  };
  const pulumi = async (...args: string[]) => {
    const options = ['--non-interactive', '--color', 'never'];
    const child = spawn(process.env['LAB_PULUMI'] ?? 'pulumi', [...args, ...options], { cwd: checkout, env });
    child.stdin.end();
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { code: code as number, output: out + err };
  };
  const must = async (...args: string[]) => {
    const { code, output } = await pulumi(...args);
    if (code !== 0) throw new Error(output);
  };
  await must('stack', 'init', 'prod');
  return {
    pulumi,
    async set(values) {
      const pairs = Object.entries(values).flatMap(([key, { value, secret }]) => [
        secret ? '--secret' : '--plaintext',
        `${key}=${value}`,
      ]);
      await must('config', 'set-all', '--stack', 'prod', ...pairs);
    },
  };
}
