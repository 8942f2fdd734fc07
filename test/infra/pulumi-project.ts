import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { parse } from 'yaml';
import { compileCache } from '../compile-cache.ts';

export type TestProject = {
  readonly folder: string;
  /** For the real pulumi CLI, its state in the folder. */
  readonly environment: Record<string, string>;
  pulumi(...args: string[]): string;
  /** The values in the stack's own file, secrets decrypted; without the defaults of Pulumi.yaml. */
  stackFileValues(stack: string): Record<string, { value: string; secret: boolean }>;
};

export const checkout = path.resolve(import.meta.dirname, '..', '..');

/** The project with no stacks yet, for one test that `needs('pulumi')`. */
export function createProject(t: TestContext): TestProject {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-stack-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(path.join(folder, 'state'));
  cpSync(path.join(checkout, 'Pulumi.yaml'), path.join(folder, 'Pulumi.yaml'));
  const environment = {
    ...compileCache,
    PATH: `${path.dirname(process.env['LAB_PULUMI'] ?? '/nowhere')}:/usr/bin:/bin`,
    HOME: folder,
    PULUMI_HOME: path.join(folder, 'home'),
    PULUMI_BACKEND_URL: `file://${path.join(folder, 'state')}`,
    PULUMI_CONFIG_PASSPHRASE: 'made for this test',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
  };
  const pulumi = (...args: string[]) =>
    execFileSync('pulumi', [...args, '--non-interactive'], {
      cwd: folder,
      env: environment,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  const written = (stack: string) => {
    const file = readFileSync(path.join(folder, `Pulumi.${stack}.yaml`), 'utf8');
    const all = JSON.parse(pulumi('config', '--json', '--show-secrets', '--stack', stack));
    return Object.fromEntries(Object.keys(parse(file).config).map((key) => [key, all[key]]));
  };
  return { folder, environment, pulumi, stackFileValues: written };
}
