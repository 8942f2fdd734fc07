import { Command } from 'commander';
import type { CliContext } from '../../platform/context.ts';
import { Failure } from '../../platform/errors.ts';
import { plural } from '../../platform/format.ts';
import { failureText } from '../../platform/log.ts';
import { readSettings } from '../../platform/settings.ts';
import type { Checked } from './check.ts';

export function checkCommand(context: CliContext): Command {
  return new Command('check')
    .description('try every part a backup needs, and say what to do about each that does not work')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Tries the settings, each database, STAGING_DIR, STATE_DIR, the store (reads a listing; stores and removes a few bytes),
and the clock. Makes no backup. Exit code 0 when all is well, 1 when a part is not, 2 when settings are wrong.`,
    )
    .action(async ({ json }: { json?: boolean }) => {
      const settings = readSettings(context.environment);
      const { checkAll } = await import('./check.ts');
      const checked = await checkAll(settings, context);
      context.out(json === true ? `${JSON.stringify(checked.map(plain), null, 2)}\n` : checked.map(lineOf).join(''));
      const bad = checked.filter(({ ok }) => !ok);
      if (bad.length === 0) return;
      const parts = bad.map(({ part }) => part).join(', ');
      throw new Failure(
        'CHECK_FAILED',
        `${plural(bad.length, 'part')} cannot be used: ${parts}.`,
        'See above, then run `nightshift check` again.',
      );
    });
}

function lineOf(checked: Checked): string {
  if (checked.ok) return `ok    ${checked.part}: ${checked.found}\n`;
  return `FAIL  ${checked.part}: ${failureText(checked.failure)}\n`;
}

function plain(checked: Checked) {
  if (checked.ok) return checked;
  const { code, message, cure } = checked.failure;
  return { part: checked.part, ok: false, code, sentence: message, cure };
}
