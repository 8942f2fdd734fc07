import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../jobs/runtime/cli-context.ts';
import { quoteWords } from '../../jobs/runtime/shell-quoting.ts';
import { oldNode } from '../old-node.ts';

const program = path.resolve(import.meta.dirname, '..', '..', 'jobs', 'nightshift.mjs');

export type Terminal = {
  /** Waits until the screen shows it. */
  shows(text: RegExp): Promise<void>;
  screen(): string;
  type(keys: string): void;
  /** Closes the terminal, as a lost ssh connection does. */
  close(): void;
  /** The exit code of the command, also after the terminal was closed. Waits for a minute at most. */
  exitCode(): Promise<number>;
};

/** Runs `nightshift ARGS` with an older Node in a terminal of its own (that of script, from util-linux). */
export function terminalOf(t: TestContext, args: readonly string[], environment: Environment): Terminal {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const codeFile = path.join(folder, 'code');
  const command = quoteWords([...oldNode(), program, ...args]);
  // The shell must outlive the terminal and Ctrl-C, to write the code down.
  const script = `trap '' HUP INT; ${command}; echo $? > ${codeFile}`;
  const child: ChildProcess = spawn('script', ['-qec', script, '/dev/null'], {
    env: { ...process.env, SHELL: '/bin/sh', ...environment },
  });
  t.after(() => child.kill('SIGKILL'));
  let screen = '';
  child.stdout?.on('data', (chunk) => (screen += chunk));
  return {
    screen: () => screen,
    async shows(text) {
      while (!text.test(screen)) {
        if (existsSync(codeFile)) throw new Error(`it ended without showing ${text}:\n${screen}`);
        await Promise.race([once(child.stdout ?? child, 'data'), sleep(200)]);
      }
    },
    type: (keys) => child.stdin?.write(keys),
    close: () => child.kill('SIGKILL'),
    async exitCode() {
      for (let tries = 0; !existsSync(codeFile) || readFileSync(codeFile, 'utf8') === ''; tries += 1) {
        if (tries > 300) throw new Error(`not ended within a minute:\n${screen}`);
        await sleep(200);
      }
      return Number(readFileSync(codeFile, 'utf8'));
    },
  };
}
