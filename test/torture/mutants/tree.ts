import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { copyCheckout } from '../../copy-checkout.ts';
import { type Mutant, withFault } from './mutant.ts';

export const root = path.resolve(import.meta.dirname, '..', '..', '..');

const testMinutes = 3;

/** A copy of the working tree, in which tests run. */
export type Tree = {
  /** Whether these test files pass. */
  readonly passes: (tests: readonly string[]) => Promise<boolean>;
  /** Whether the mutant's tests pass with its fault in the tree, which is as before afterwards. */
  readonly passesWith: (mutant: Mutant) => Promise<boolean>;
  readonly remove: () => void;
};

export function copyTree(): Tree {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-mutants-'));
  copyCheckout(folder);
  const passes = (tests: readonly string[]) => runTests(folder, tests);
  return {
    passes,
    async passesWith(mutant) {
      const file = path.join(folder, mutant.file);
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, withFault(mutant, text));
      try {
        return await passes(mutant.tests);
      } finally {
        writeFileSync(file, text);
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs tests as anybody could: without the lab. Tests that do not end are taken for failed. */
function runTests(folder: string, tests: readonly string[]): Promise<boolean> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(LAB|NODE_OPTIONS$|NODE_TEST_CONTEXT$)/.test(name));
  const env = {
    NODE_COMPILE_CACHE: path.join(root, 'node_modules', '.cache', 'compiled'),
    ...Object.fromEntries(kept),
  };
  const args = ['--test', ...tests];
  // A group of its own: what a test that did not end has started ends with it.
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: 'ignore', detached: true });
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  // By a timer of its own: the runner's --test-timeout does not end a process that tests leave waiting.
  const timer = setTimeout(() => endGroup(child.pid), testMinutes * 60_000);
  child.once('error', reject);
  child.once('exit', (code) => {
    clearTimeout(timer);
    endGroup(child.pid);
    resolve(code === 0);
  });
  return promise;
}

function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // Nothing is left of it.
  }
}
