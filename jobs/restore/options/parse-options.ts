import path from 'node:path';
import { Failure } from '../../runtime/errors.ts';
import type { CliOptions } from './cli-options.ts';
import { commandLineOf } from './command-line.ts';
import type { BackupSelector, RestoreAction, RestoreOptions } from './restore-options.ts';
import { parseUntil } from './restore-options.ts';

/** What is meant by it; times are in `zone`. Throws ARGUMENT_INVALID when it says two things at once, or no time. */
export function actionOf(typed: CliOptions, zone: string): RestoreAction {
  const asked = [
    typed.file === undefined ? null : typed.file,
    typed.at === undefined ? null : '--at',
    typed.undo === undefined ? null : '--undo',
    typed.safetyCopies === undefined ? null : '--safety-copies',
  ].filter((what) => what !== null);
  if (asked.length > 1) throw invalid(`${asked.join(' and ')} cannot be combined.`, 'Give one of them.');
  if (typed.remove !== undefined && typed.safetyCopies === undefined) {
    throw invalid('--remove is for safety copies only.', 'Add --safety-copies, and name one that it lists.');
  }
  refuseUnusedOptions(typed);
  if (typed.leaveOff !== undefined && namesIn(typed.leaveOff).length === 0) {
    throw invalid('--leave-off names no service.', 'Name those that RESTORE_UNFINISHED names, separated by commas.');
  }
  if (typed.leaveOff !== undefined && (asked.length > 0 || typed.dryRun)) {
    throw invalid(
      '--leave-off only finishes an unfinished restore.',
      'Run it alone: `nightshift restore --leave-off NAMES`.',
    );
  }
  if (typed.safetyCopies) {
    return typed.remove === undefined
      ? { kind: 'list safety copies' }
      : { kind: 'remove safety copy', name: typed.remove };
  }
  if (typed.undo !== undefined) return { kind: 'undo', name: typed.undo === true ? null : typed.undo };
  const selector = selectorOf(typed, zone);
  if (selector === null && typed.to !== undefined) throw invalid('--to needs a backup.', 'Name one, or say `latest`.');
  if (selector === null) return { kind: 'resume' };
  return typed.to === undefined
    ? { kind: 'restore', selector }
    : { kind: 'write copy', selector, to: path.resolve(typed.to) };
}

/** An option that would be ignored is one that the person counts on. */
function refuseUnusedOptions({ to, undo, safetyCopies, remove, dryRun, allowDamagedCopy }: CliOptions): void {
  if (allowDamagedCopy && undo === undefined) {
    throw invalid(
      '--allow-damaged-copy is for --undo only: a damaged backup is never restored.',
      'Leave it out, or add --undo.',
    );
  }
  if (to !== undefined && undo !== undefined) {
    throw invalid(
      '--undo brings the old database back; it does not write elsewhere.',
      'Leave out --to, or copy the safety copy and its -wal yourself.',
    );
  }
  if (to !== undefined && safetyCopies) throw invalid('--safety-copies writes nothing.', 'Leave out --to.');
  if (to !== undefined && dryRun) {
    throw invalid('--to has no plan to show: it touches no database and no service.', 'Leave out --dry-run.');
  }
  if (remove !== undefined && dryRun) {
    throw invalid('--remove has no plan to show.', 'Leave out --remove to see the list, or --dry-run to remove it.');
  }
}

function selectorOf({ file, folder: given, at }: CliOptions, zone: string): BackupSelector | null {
  if (at !== undefined) {
    const until = parseUntil(at);
    if (until !== null) return { kind: 'at', until, asked: at };
    throw invalid(
      `"${at}" is neither a date nor a local time.`,
      `Write 2025-11-30 (up to the end of that day), "2025-11-30 14:00" or "2025-11-30 14:00:30", local time in ${zone} (TIME_ZONE).`,
    );
  }
  if (file === undefined) return null;
  const folder = given ?? null;
  return file === 'latest' ? { kind: 'latest', folder } : { kind: 'file', name: file, folder };
}

/** How it is to be done. */
export function restoreOptionsOf(typed: CliOptions): RestoreOptions {
  return {
    database: typed.database ?? null,
    dryRun: typed.dryRun ?? false,
    yes: typed.yes ?? false,
    allow: {
      openFiles: typed.ignoreOpenFiles ?? false,
      unseen: typed.allowUnseen ?? false,
      lostFile: typed.allowLostFile ?? false,
      otherDatabase: typed.allowOtherDatabase ?? false,
      empty: typed.allowEmpty ?? false,
      damagedCopy: typed.allowDamagedCopy ?? false,
      missingServices: typed.allowMissingServices ?? false,
    },
    identityFile: typed.identity ?? null,
    healthRollback: typed.healthRollback,
    healthTimeoutSeconds: typed.healthTimeout ?? null,
    owner: { uid: typed.owner.uid, gid: typed.owner.gid, mode: typed.mode },
    commandLine: commandLineOf(typed),
    leaveOff: namesIn(typed.leaveOff ?? ''),
    undoRoom: typed.undoRoom ?? true,
  };
}

const namesIn = (list: string) =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

function invalid(message: string, hint: string): Failure {
  return new Failure('ARGUMENT_INVALID', message, hint);
}
