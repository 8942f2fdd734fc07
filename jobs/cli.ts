import { existsSync } from 'node:fs';
import process from 'node:process';
import { runCommandLine } from './command-line.ts';
import type { CliContext } from './runtime/cli-context.ts';
import { systemClock } from './runtime/clock.ts';
import { exitCodeOf, interruptedFailure } from './runtime/errors.ts';
import { failureText } from './runtime/log.ts';
import { ignoreLostOutput, outputLostFailure } from './runtime/lost-output.ts';
import { visibleText } from './runtime/visible-text.ts';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => stop.abort(interruptedFailure(name)));
const lostOutput = ignoreLostOutput();

const context: CliContext = {
  environment: process.env,
  clock: systemClock,
  signal: stop.signal,
  out: (text) => process.stdout.write(visibleText(text)),
  err: (text) => process.stderr.write(visibleText(text)),
  interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
};

// In the checkout alone: the image has no infra, and its bundle must not carry it.
const inCheckout = existsSync(new URL('../infra/commands.ts', import.meta.url));
const deploymentCommands = inCheckout ? (await import('../infra/commands.ts')).deploymentCommands : [];
process.exitCode = await runCommandLine(process.argv.slice(2), context, deploymentCommands);

process.once('beforeExit', () => {
  const code = lostOutput();
  if (code === null || (process.exitCode ?? 0) !== 0) return;
  context.err(`${failureText(outputLostFailure(code))}\n`);
  process.exitCode = exitCodeOf(outputLostFailure(code));
});
