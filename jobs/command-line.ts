import { Command, CommanderError } from 'commander';
import { acceptCommand } from './backup/commands/accept-command.ts';
import { alertCommand } from './backup/commands/alert-command.ts';
import { backupCommand } from './backup/commands/backup-command.ts';
import { checkCommand } from './backup/commands/check-command.ts';
import { listCommand } from './backup/commands/list-command.ts';
import { pruneCommand } from './backup/commands/prune-command.ts';
import { healthCommand, statusCommand } from './backup/commands/status-command.ts';
import { verifyCommand } from './backup/commands/verify-command.ts';
import { demoCommand } from './demo/demo-command.ts';
import { restoreCommand } from './restore/restore-command.ts';
import type { CliContext } from './runtime/cli-context.ts';
import { asFailure, exitCodeOf } from './runtime/errors.ts';
import { failureText } from './runtime/log.ts';
import { toolVersion } from './runtime/version.ts';
import { summaryCommand } from './summary/commands/summary-command.ts';

type CommandFactory = (context: CliContext) => Command;

const commands: readonly CommandFactory[] = [
  statusCommand,
  listCommand,
  backupCommand,
  restoreCommand,
  verifyCommand,
  pruneCommand,
  acceptCommand,
  checkCommand,
  healthCommand,
  alertCommand,
  summaryCommand,
  demoCommand,
];

/**
 * Runs the command that `args` names, one of the program's or of `more`; a failure is printed. Returns the exit code: 0, 2 for
 * a wrong command line, or what the failure says.
 */
export async function runCommandLine(
  args: readonly string[],
  context: CliContext,
  more: readonly CommandFactory[] = [],
): Promise<number> {
  const program = new Command('nightshift')
    .description('Backs up live SQLite databases on a schedule, verifies each copy, and restores one.')
    .version(toolVersion)
    .addHelpText(
      'after',
      '\nSettings come from the environment; jobs/settings/README.md has the table. `nightshift check` tries them.',
    );
  for (const command of [...commands, ...more]) program.addCommand(command(context));
  useContext(program, context);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const failure = asFailure(error);
    context.err(`${failureText(failure)}\n`);
    return exitCodeOf(failure);
  }
}

/** Its help and errors go where the context has them, and neither ends the process. */
function useContext(command: Command, context: CliContext): void {
  command.exitOverride().configureOutput({ writeOut: context.out, writeErr: context.err });
  for (const subcommand of command.commands) useContext(subcommand, context);
}
