import { Command } from 'commander';
import type { CliContext } from '../../runtime/cli-context.ts';
import { Failure } from '../../runtime/errors.ts';
import { plural } from '../../runtime/format.ts';
import { failureText } from '../../runtime/log.ts';
import { readCheckSettings } from '../../settings/settings.ts';
import type { BackupCheckResult } from './check/checklist.ts';

export function checkCommand(context: CliContext): Command {
  return new Command('check')
    .description('try every part a backup needs, with what to do about each that does not work')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Does what a backup does, with the same retries, on a tiny sample in place of the database: settings, each database (opened and
locked, its schema read; not copied, so its integrity is not checked), STAGING_DIR, STATE_DIR, compression and encryption, the
store (listed; the sample stored, read back, copied, removed) and the clock. Makes no backup and sends no mail;
STATE_DIR and STAGING_DIR are made where they are missing, as a backup does. WARN: backups are made all the same. Exit code 0
when no part fails, 1 when one does, 2 when settings are wrong.`,
    )
    .action(async ({ json }: { json?: boolean }) => {
      const settings = readCheckSettings(context.environment);
      const { checkAll } = await import('./check.ts');
      const checked = await checkAll(settings, context);
      context.out(json === true ? `${JSON.stringify(checked.map(plain), null, 2)}\n` : checked.map(lineOf).join(''));
      const bad = checked.filter(({ level }) => level === 'failed');
      if (bad.length === 0) return;
      const parts = bad.map(({ part }) => part).join(', ');
      throw new Failure(
        'CHECK_FAILED',
        `${plural(bad.length, 'part')} cannot be used: ${parts}.`,
        'See above, then run `nightshift check` again.',
      );
    });
}

function lineOf(checked: BackupCheckResult): string {
  switch (checked.level) {
    case 'ok':
      return `ok    ${checked.part}: ${checked.found}\n`;
    case 'warning':
      return `WARN  ${checked.part}: ${checked.found}\n`;
    case 'failed':
      return `FAIL  ${checked.part}: ${failureText(checked.failure)}\n`;
    case 'not tried':
      return `-     ${checked.part}: not tried, since ${checked.because} failed\n`;
  }
}

function plain(checked: BackupCheckResult) {
  if (checked.level !== 'failed') return checked;
  const { code, message, hint } = checked.failure;
  return { part: checked.part, level: checked.level, code, message, hint };
}
