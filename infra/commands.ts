import type { Command } from 'commander';
import type { CliContext } from '../jobs/runtime/cli-context.ts';
import { doctorCommand } from './doctor/command.ts';
import { initStackCommand } from './init-stack/command.ts';

/** Commands of the person who deploys. They run from the checkout; the images have neither them nor this folder. */
export const deployerCommands: readonly ((context: CliContext) => Command)[] = [doctorCommand, initStackCommand];
