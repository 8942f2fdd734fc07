import { existsSync } from 'node:fs';
import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { acceptCommand } from './backup/commands/accept-command.ts';
import { alertCommand } from './backup/commands/alert-command.ts';
import { backupCommand } from './backup/commands/backup-command.ts';
import { checkCommand } from './backup/commands/check-command.ts';
import { listCommand } from './backup/commands/list-command.ts';
import { pruneCommand } from './backup/commands/prune-command.ts';
import { healthCommand, statusCommand } from './backup/commands/status-command.ts';
import { demoCommand } from './demo/demo-command.ts';
import { restoreCommand } from './restore/restore-command.ts';
import type { CliContext } from './runtime/cli-context.ts';
import { systemClock } from './runtime/clock.ts';
import { asFailure, exitCodeOf, interruptedFailure } from './runtime/errors.ts';
import { failureText } from './runtime/log.ts';
import { ignoreLostOutput, outputLostFailure } from './runtime/lost-output.ts';
import { toolVersion } from './runtime/version.ts';
import { summaryCommand } from './summary/commands/summary-command.ts';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => stop.abort(interruptedFailure(name)));
const lostOutput = ignoreLostOutput();

const context: CliContext = {
  environment: process.env,
  clock: systemClock,
  signal: stop.signal,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
};

const program = new Command('nightshift')
  .description('Backs up live SQLite databases every night, verifies each copy, and restores one.')
  .version(toolVersion)
  .addHelpText(
    'after',
    '\nSettings come from the environment; jobs/settings/README.md has the table. `nightshift check` tries them.',
  )
  .exitOverride();

const commands = [
  statusCommand,
  listCommand,
  backupCommand,
  restoreCommand,
  pruneCommand,
  acceptCommand,
  checkCommand,
  healthCommand,
  alertCommand,
  summaryCommand,
  demoCommand,
];
// In the checkout alone: the image has no infra, and its bundle must not carry it.
const inCheckout = existsSync(new URL('../infra/commands.ts', import.meta.url));
if (inCheckout) commands.push(...(await import('../infra/commands.ts')).deploymentCommands);
for (const command of commands) program.addCommand(command(context).exitOverride());

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    const failure = asFailure(error);
    context.err(`${failureText(failure)}\n`);
    process.exitCode = exitCodeOf(failure);
  }
}

process.once('beforeExit', () => {
  const code = lostOutput();
  if (code === null || (process.exitCode ?? 0) !== 0) return;
  context.err(`${failureText(outputLostFailure(code))}\n`);
  process.exitCode = exitCodeOf(outputLostFailure(code));
});
