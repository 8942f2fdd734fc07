import path from 'node:path';
import { Command } from 'commander';
import type { CliContext } from '../../jobs/runtime/cli-context.ts';
import { projectFolder } from '../stack/pulumi-cli.ts';

type InitStackCliOptions = {
  readonly stack: string;
  readonly cwd: string;
  readonly fromEnv?: string;
  readonly dryRun?: boolean;
};

/** `nightshift init-stack`. */
export function initStackCommand(context: CliContext): Command {
  return new Command('init-stack')
    .description(
      'create or complete a stack: import the settings of the shell scripts, then prompt for what is missing',
    )
    .option('--stack <name>', 'created if it does not exist', 'prod')
    .option('--from-env <file>', 'settings of the shell scripts, such as .env')
    .option('-C, --cwd <folder>', 'folder of Pulumi.yaml', projectFolder)
    .option('--dry-run', 'only print what would be written')
    .addHelpText(
      'after',
      `
Writes through \`pulumi config set\`, secrets encrypted; no secret is printed or passed as an argument. What the
stack has already stays, unless the file says otherwise. Variables and lines of the file that are not imported are listed.
Exit code 0 when nothing is missing, 2 when something is, or a value cannot be used.`,
    )
    .action(async ({ stack, cwd, fromEnv, dryRun }: InitStackCliOptions) => {
      const { initStack } = await import('./init-stack.ts');
      const ref = { folder: path.resolve(cwd), stack };
      await initStack({ stack: ref, file: fromEnv ?? null, dryRun: dryRun === true }, context);
    });
}
