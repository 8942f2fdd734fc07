import { Command } from 'commander';
import type { CliContext } from '../../runtime/cli-context.ts';

export function initCommand(context: CliContext): Command {
  return new Command('init')
    .description('write the report made for this database as a file to edit')
    .argument('[file]', 'YAML file to write; an existing one is left as it is', 'summary.yaml')
    .action(async (file: string) => {
      const { initReport } = await import('../init-report.ts');
      await initReport(file, context);
    });
}
