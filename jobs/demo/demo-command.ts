import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import type { CliContext } from '../runtime/cli-context.ts';

export function demoCommand(context: CliContext): Command {
  return new Command('demo')
    .description(
      'show a backup, three weeks of nightly backups, a restore and the daily summary of a made-up shop; needs nothing, sends nothing',
    )
    .option(
      '--folder <path>',
      'where the shop and its backups are made; emptied first',
      path.join(tmpdir(), 'nightshift-demo'),
    )
    .option('--serve', 'serve the page of the summaries on localhost at the end; in a terminal it does anyway')
    .option('--no-serve', 'do not')
    .action(async ({ folder, serve }: { folder: string; serve?: boolean }) => {
      const { runDemo } = await import('./demo.ts');
      await runDemo(path.resolve(folder), context, serve ?? context.interactive);
    });
}
