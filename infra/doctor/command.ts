import path from 'node:path';
import { Command } from 'commander';
import type { CliContext } from '../../jobs/runtime/cli-context.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import { plural } from '../../jobs/runtime/format.ts';
import { projectFolder } from '../init-stack/pulumi-cli.ts';
import { verdictText } from './verdict.ts';

type Options = { readonly stack?: string; readonly cwd: string; readonly json?: boolean };

export function doctorCommand(context: CliContext): Command {
  return new Command('doctor')
    .description(
      'before the first `pulumi up`: look at token, bucket, host, disk, DNS, mail and clock, and change nothing',
    )
    .option('--stack <name>', 'else the selected one')
    .option('-C, --cwd <folder>', 'where Pulumi.yaml is', projectFolder)
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Reads the stack's config through the pulumi CLI. LINODE_TOKEN stands in for linode:token. Exit code 0 when nothing stands
in the way, 1 when something does, 2 when the config itself is wrong.`,
    )
    .action(async ({ stack, cwd, json }: Options) => {
      const { examine } = await import('./examine.ts');
      const { readTarget } = await import('./stack-target.ts');
      const place = { folder: path.resolve(cwd), stack: stack ?? null };
      const verdicts = await examine(await readTarget(place, context), context);
      context.out(json === true ? `${JSON.stringify(verdicts, null, 2)}\n` : verdicts.map(verdictText).join(''));
      const bad = verdicts.filter(({ state }) => state === 'fail');
      if (bad.length === 0) return;
      throw new Failure(
        'CHECK_FAILED',
        `${plural(bad.length, 'part')} would stop \`pulumi up\`: ${bad.map(({ part }) => part).join(', ')}.`,
        'See above, then run `npx nightshift doctor` again.',
      );
    });
}
