import path from 'node:path';
import { Command } from 'commander';
import type { CliContext } from '../../jobs/runtime/cli-context.ts';
import { projectFolder } from './pulumi-cli.ts';

type Options = { readonly stack: string; readonly cwd: string; readonly fromEnv?: string; readonly dryRun?: boolean };

export function initStackCommand(context: CliContext): Command {
  return new Command('init-stack')
    .description('make or complete a stack: import the shell scripts’ settings, then ask for what is missing')
    .option('--stack <name>', 'made when there is none', 'prod')
    .option('--from-env <file>', 'settings of the shell scripts, such as .env')
    .option('-C, --cwd <folder>', 'where Pulumi.yaml is', projectFolder)
    .option('--dry-run', 'only say what would be written')
    .addHelpText(
      'after',
      `
Writes through \`pulumi config set\`, secrets encrypted; no secret is printed or stands among a command's arguments. What
the stack has already stays, except where the file says otherwise. Names and lines of the file that are of no use here are
listed. Exit code 0 when nothing is missing, 2 when something is, or a value cannot be used.`,
    )
    .action(async ({ stack, cwd, fromEnv, dryRun }: Options) => {
      const { initStack } = await import('./init-stack.ts');
      const place = { folder: path.resolve(cwd), stack };
      await initStack({ place, file: fromEnv ?? null, dryRun: dryRun === true }, context);
    });
}
