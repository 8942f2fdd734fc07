import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import type { CliContext } from '../platform/context.ts';

export function demoCommand(context: CliContext): Command {
  return new Command('demo')
    .description('show a backup, three weeks of nights and a restore on a made-up shop; needs nothing, sends nothing')
    .option('--folder <path>', 'where the shop and its backups are made anew', path.join(tmpdir(), 'nightshift-demo'))
    .action(async ({ folder }: { folder: string }) => {
      const { runDemo } = await import('./demo.ts');
      await runDemo(path.resolve(folder), context);
    });
}
