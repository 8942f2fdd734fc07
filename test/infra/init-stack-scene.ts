import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

export type Project = {
  readonly folder: string;
  /** For the real pulumi CLI, its state in the folder. */
  readonly environment: Record<string, string>;
  pulumi(...args: string[]): string;
};

/** A project of no stacks yet, for one test that `needs('pulumi')`. */
export function makeProject(t: TestContext): Project {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-stack-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(path.join(folder, 'state'));
  writeFileSync(path.join(folder, 'Pulumi.yaml'), 'name: nightshift\nruntime: nodejs\n');
  const environment = {
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
  return { folder, environment, pulumi };
}
