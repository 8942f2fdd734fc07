import { Command } from 'commander';
import type { CliContext } from '../platform/context.ts';
// placeholder until the room is finished; to be overwritten
export function restoreCommand(_context: CliContext): Command {
  return new Command('restore')
    .argument('[x]')
    .option('--yes')
    .action(async () => {});
}
