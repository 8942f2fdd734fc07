import { Command } from 'commander';
import type { CliContext } from '../../platform/context.ts';
import { Failure } from '../../platform/errors.ts';
import { readHistory } from '../../platform/history.ts';
import { readSettings } from '../../platform/settings.ts';
import { healthOfAll } from '../watch/health.ts';
import { statusOf } from './status.ts';
import { statusText } from './status-text.ts';

export function statusCommand(context: CliContext): Command {
  return new Command('status')
    .description('say how the backups are: the last good one, its age and size, the next run, what is wrong')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nReads the run history in STATE_DIR only. Exit code 1 when a database has no fresh good backup.',
    )
    .action(async ({ json }: { json?: boolean }) => {
      const settings = readSettings(context.environment);
      const history = readHistory(settings.stateDir);
      if (history === null) throw nothingYet(settings.stateDir);
      const now = context.clock.now();
      const status = statusOf(settings, history, now);
      history.close();
      context.out(json === true ? `${JSON.stringify(status, null, 2)}\n` : statusText(status, now, settings.zone));
      const { healthy, reason } = healthOfAll(status.databases);
      if (!healthy) throw staleFailure(reason);
    });
}

/** For Docker's HEALTHCHECK: one line and an exit code. */
export function healthCommand(context: CliContext): Command {
  return new Command('health')
    .description('one line and an exit code for a container health check')
    .action(async () => {
      const settings = readSettings(context.environment);
      const history = readHistory(settings.stateDir);
      if (history === null) throw nothingYet(settings.stateDir);
      const { healthy, reason } = healthOfAll(statusOf(settings, history, context.clock.now()).databases);
      history.close();
      if (!healthy) throw staleFailure(reason);
      context.out(`${reason}\n`);
    });
}

function nothingYet(stateDir: string): Failure {
  return new Failure(
    'HISTORY_MISSING',
    `There is no run history in ${stateDir}: no backup ever ran with this STATE_DIR.`,
    'Run `nightshift backup`, or set STATE_DIR to the folder that the service uses. `nightshift list` reads the store itself.',
  );
}

function staleFailure(reason: string): Failure {
  return new Failure(
    'BACKUP_STALE',
    `Backups are not fresh: ${reason}.`,
    'See the last run above or in the log of the service; `nightshift check` tries every part.',
  );
}
