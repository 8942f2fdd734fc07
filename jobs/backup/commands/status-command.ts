import { Command } from 'commander';
import { readHistory } from '../../monitoring/history/open-history.ts';
import type { CliContext } from '../../runtime/cli-context.ts';
import { Failure } from '../../runtime/errors.ts';
import { type BackupSettingsWithoutStore, readBackupSettingsWithoutStore } from '../../settings/settings.ts';
import { healthLine } from '../status/health.ts';
import { type BackupStatus, statusOf } from '../status/status.ts';
import { statusText } from './status-text.ts';

export function statusCommand(context: CliContext): Command {
  return new Command('status')
    .description('show the state of the backups: the last good one, its age and size, the next run, what is wrong')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Reads the run history in STATE_DIR, and whether a process holds the lock of a run under way; needs no keys of the bucket.
Exit code 1 when anything is wrong: no good backup, or an old one; a last run that failed, was stopped or killed; a suspect
that waits for a person; findings of the integrity check; failed housekeeping; a stored file that did not verify.`,
    )
    .action(async ({ json }: { json?: boolean }) => {
      const settings = readBackupSettingsWithoutStore(context.environment);
      const now = context.clock.now();
      const status = await readStatus(settings, now);
      context.out(json === true ? `${JSON.stringify(status, null, 2)}\n` : statusText(status, now, settings.zone));
      const { healthy, line } = healthLine(status.databases);
      if (!healthy) throw staleFailure(line);
      const bad = status.databases.filter(({ ok }) => !ok);
      if (bad.length > 0 || status.problems.length > 0) throw problemsFailure(bad, status.problems);
    });
}

/** For Docker's HEALTHCHECK: one line and an exit code. */
export function healthCommand(context: CliContext): Command {
  return new Command('health')
    .description('one line and an exit code for a container health check: is the newest good backup young enough')
    .addHelpText(
      'after',
      '\nThe exit code is about age alone, because it makes Docker and Swarm restart things; the line says what else is wrong.',
    )
    .action(async () => {
      const settings = readBackupSettingsWithoutStore(context.environment);
      const { healthy, line } = healthLine((await readStatus(settings, context.clock.now())).databases);
      if (!healthy) throw staleFailure(line);
      context.out(`${line}\n`);
    });
}

async function readStatus(settings: BackupSettingsWithoutStore, now: Temporal.Instant): Promise<BackupStatus> {
  const { history, failure } = readHistory(settings.stateDir);
  if (history === null) throw failure;
  try {
    return await statusOf(settings, history, now);
  } finally {
    history.close();
  }
}

function staleFailure(line: string): Failure {
  return new Failure(
    'BACKUP_STALE',
    `Backups are not fresh: ${line}.`,
    'See the last run above or in the log of the service; `nightshift check` tries every part.',
  );
}

function problemsFailure(bad: BackupStatus['databases'], others: readonly string[]): Failure {
  const ofDatabases = bad.map(({ name, newestGood, health, problems }) => {
    return `${name}: ${[...(newestGood === null ? [health.reason] : []), ...problems].join('; ')}`;
  });
  return new Failure(
    'BACKUP_PROBLEMS',
    `Something is wrong with the backups: ${[...ofDatabases, ...others].join('; ')}.`,
    'See above and the log of the service; `nightshift check` tries every part.',
  );
}
