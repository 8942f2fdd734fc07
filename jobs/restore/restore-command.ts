import { Command, InvalidArgumentError, Option } from 'commander';
import { kindNames } from '../archives/backup-kinds.ts';
import type { CliContext } from '../runtime/cli-context.ts';
import type { CliOptions } from './options/cli-options.ts';
import type { FileOwner } from './options/restore-options.ts';

export function restoreCommand(context: CliContext): Command {
  return new Command('restore')
    .description('restore a backup in seconds, or leave everything as it was')
    .argument(
      '[file]',
      'a name from `nightshift list`, a date or local time, or `latest`; in a terminal the list without it',
    )
    .argument('[folder]', `its kind (${kindNames.join(', ')}); needed only when several kinds have that name`)
    .option(
      '--at <time>',
      'the last one taken on that day or before: 2025-11-30, or "2025-11-30 14:00", local time in TIME_ZONE',
    )
    .option('--undo [name]', 'bring back the database that the last restore replaced, or another safety copy')
    .option('--safety-copies', 'list the databases that restores replaced')
    .option('--remove <name>', 'with --safety-copies: remove that one for good')
    .option(
      '--state [name]',
      'on a new host: bring back what STATE_DIR held (history, what was accepted, who got which summary, report), the newest or that one',
    )
    .option('--replace-state', 'with --state: even though STATE_DIR is that of a host that works; it is put aside')
    .option('--dry-run', 'show the plan, change nothing')
    .option('-y, --yes', 'answer yes to every question')
    .option('--to <path>', 'write it there instead: touches no database and no service')
    .option(
      '--compare [name]',
      'show which rows differ between the database now and that backup or safety copy; stops and changes nothing',
    )
    .addOption(
      new Option('--compare-limit <seconds>', 'compare rows for that long at most; 120 without it').argParser(
        wholeSeconds,
      ),
    )
    .option('--database <name>', 'which of several databases, or another than the name of the backup says')
    .option('--identity <file>', 'age key file for encrypted backups; else BACKUP_AGE_IDENTITY')
    .option(
      '--ignore-open-files',
      'even though a process has the database open: what it still writes goes into the old file',
    )
    .option('--allow-unseen', 'even if it cannot be determined from here whether anything uses the database')
    .option(
      '--allow-lost-file',
      'even though the database was deleted and a process still has it open: its last copy is lost',
    )
    .option('--allow-other-database', 'with --yes: even if the backup is of another database')
    .option('--allow-empty', 'with --yes: even if the backup has no tables or no rows')
    .option('--allow-damaged-copy', 'with --undo: even if the safety copy is damaged, as long as SQLite can open it')
    .option('--allow-missing-services', 'even if nothing has a name that is in RESTORE_SERVICES')
    .option('--no-docker', 'no container uses the database: do not query Docker')
    .option('--no-health-rollback', 'keep the restored database even if a service is unhealthy on it')
    .option('--no-undo-room', 'restore even if the disk then has no room for --undo')
    .option(
      '--leave-off <names>',
      'finish an unfinished restore without these services, which do not run on the old database',
    )
    .addOption(
      new Option(
        '--health-timeout <seconds>',
        'wait that long; else as long as the health check itself allows',
      ).argParser(wholeSeconds),
    )
    .addOption(
      new Option('--owner <uid:gid>', 'of the restored file; else 1000:1000, with --undo as it was').argParser(ownerOf),
    )
    .addOption(
      new Option('--mode <octal>', 'of the restored file; else 644, with --to 600, with --undo as it was').argParser(
        modeOf,
      ),
    )
    .option('--keep-owner', 'owner, mode, ACL and extended attributes as the current file has them')
    .addHelpText('after', explanation)
    .action(
      async (file: string | undefined, folder: string | undefined, options: Omit<CliOptions, 'file' | 'folder'>) => {
        const { runAction } = await import('./run/run-action.ts');
        await runAction({ ...options, file, folder }, context);
      },
    );
}

const explanation = `
While services still run, the backup is downloaded, unpacked and verified beside the database, and the plan is shown.
Then the services of RESTORE_SERVICES and every container that can write to the database are stopped, the files are
swapped, and the same services are started again. If one does not become healthy, everything is rolled back. The old
database stays beside the new one as FILE.backup-DATE_TIME until you remove it.

Killed, or the power failed half way? Run \`nightshift restore\`: it says what it finds, and finishes or rolls back.
Any other restore command does that first, then ends with exit 1 and says that the command itself is NOT done.
Exit codes: 0 done, 1 failed (the last lines say what is in place and what runs), 2 wrong settings or arguments,
4 not confirmed, or interrupted.

A backup may be given as its name (with or without ending or kind), its key or address, its day, or its local time. Where
several fit, a terminal offers them. A misspelt name is corrected only where the plan is shown before anything happens.

Examples:
  nightshift list
  nightshift restore
  nightshift restore latest --dry-run
  nightshift restore csv_data_2025-11-30_020000.db.gz daily
  nightshift restore 2025-11-30
  nightshift restore --at 2025-11-30 --to /tmp/look.db
  nightshift restore --compare latest
  nightshift restore --undo
  nightshift restore --state
  nightshift restore --safety-copies --remove csv_data.db.backup-2025-12-02_031500`;

function wholeSeconds(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Give whole seconds, such as 120.');
  return Number(text);
}

function ownerOf(text: string): Pick<FileOwner, 'uid' | 'gid'> {
  const [, uid, gid] = /^(\d{1,9}):(\d{1,9})$/.exec(text) ?? [];
  if (uid === undefined || gid === undefined) throw new InvalidArgumentError('Give numbers, such as 1000:1000.');
  return { uid: Number(uid), gid: Number(gid) };
}

function modeOf(text: string): number {
  if (!/^0?[0-7]{3}$/.test(text)) throw new InvalidArgumentError('Give three octal digits, such as 644.');
  return Number.parseInt(text, 8);
}
