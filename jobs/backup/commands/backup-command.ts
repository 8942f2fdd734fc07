import { Command } from 'commander';
import type { CliContext } from '../../runtime/cli-context.ts';
import { Failure } from '../../runtime/errors.ts';
import type { Database } from '../../settings/databases.ts';
import { type BackupSettings, readBackupSettings } from '../../settings/settings.ts';

type BackupOptions = { schedule?: boolean; database?: string };

export function backupCommand(context: CliContext): Command {
  return new Command('backup')
    .description('back up every database of DATABASE_PATH now; with --schedule now and at every scheduled time')
    .option('--schedule', 'stay, and back up at every scheduled time (the entrypoint of the container)')
    .option('--database <name>', 'only this one of several')
    .addHelpText(
      'after',
      `
A backup is a snapshot of the live database that passed SQLite's integrity check, compressed, stored, read back and
compared. Then copies for longer are made and old ones removed, as the BACKUP_RETENTION settings say. Exit codes: 0 backed up and verified, 1 failed,
2 settings wrong, 3 another process holds the lock, 4 interrupted.

BACKUP_PING_URL gets a success only when every database of DATABASE_PATH is backed up: with --database, and another whose
last run failed or is too old, it gets an entry for its log (/log).

Examples:
  nightshift backup
  DATABASE_PATH=shop.db BACKUP_STORE=file:///mnt/backups STATE_DIR=state STAGING_DIR=/var/tmp nightshift backup`,
    )
    .action(async (options: BackupOptions) => {
      const settings = readBackupSettings(context.environment);
      if (options.schedule === true) {
        if (options.database !== undefined) throw databaseIgnored();
        const { serveBackups } = await import('../service.ts');
        return serveBackups(settings, context.clock, context.signal);
      }
      const { backUpOnce } = await import('../backup-once.ts');
      return backUpOnce(settings, chooseDatabases(settings, options.database), context);
    });
}

function databaseIgnored(): Failure {
  return new Failure(
    'ARGUMENT_INVALID',
    '--database has no meaning with --schedule: the service backs up every database of DATABASE_PATH.',
    'Leave it out, or set DATABASE_PATH to that one alone.',
  );
}

function chooseDatabases({ databases }: BackupSettings, name: string | undefined): readonly Database[] {
  if (name === undefined) return databases;
  const found = databases.filter((database) => database.name === name);
  if (found.length > 0) return found;
  const known = databases.map((database) => database.name).join(', ');
  throw new Failure('ARGUMENT_INVALID', `DATABASE_PATH has no database called "${name}".`, `Choose one of: ${known}.`);
}
