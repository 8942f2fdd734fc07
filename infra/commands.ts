import type { Command } from 'commander';
import type { CliContext } from '../jobs/runtime/cli-context.ts';
import { doctorCommand } from './doctor/command.ts';
import { initStackCommand } from './init-stack/command.ts';

/** Commands for deployment. They run from the checkout: the images contain neither them nor this folder. */
export const deploymentCommands: readonly ((context: CliContext) => Command)[] = [doctorCommand, initStackCommand];
