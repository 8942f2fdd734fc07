import path from 'node:path';
import { Command } from 'commander';
import type { CliContext } from '../../jobs/runtime/cli-context.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import { plural } from '../../jobs/runtime/format.ts';
import { projectFolder } from '../stack/pulumi-cli.ts';
import { checkResultText } from './check-result.ts';

type DoctorCliOptions = { readonly stack?: string; readonly cwd: string; readonly json?: boolean };

/** `nightshift doctor`. */
export function doctorCommand(context: CliContext): Command {
  return new Command('doctor')
    .description('before the first `pulumi up`: check token, bucket, host, disk, DNS, mail and clock; changes nothing')
    .option('--stack <name>', 'default: the selected stack')
    .option('-C, --cwd <folder>', 'folder of Pulumi.yaml', projectFolder)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Reads the stack's config through the pulumi CLI. LINODE_TOKEN takes the place of linode:token. Exit code 0 when every
check passes, 1 when one fails, 2 when the config is invalid.`,
    )
    .action(async ({ stack, cwd, json }: DoctorCliOptions) => {
      const { runChecks } = await import('./run-checks.ts');
      const { readTarget } = await import('./read-target.ts');
      const target = await readTarget({ folder: path.resolve(cwd), stack: stack ?? null }, context);
      const results = await runChecks(target, context);
      context.out(json === true ? `${JSON.stringify(results, null, 2)}\n` : results.map(checkResultText).join(''));
      const failures = results.filter(({ status }) => status === 'fail');
      if (failures.length === 0) return;
      throw new Failure(
        'CHECK_FAILED',
        `${plural(failures.length, 'check')} failed, so \`pulumi up\` would fail: ${failures.map(({ check }) => check).join(', ')}.`,
        'See above, then run `npx nightshift doctor` again.',
      );
    });
}
