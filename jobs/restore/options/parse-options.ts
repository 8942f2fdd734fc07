import path from 'node:path';
import { Failure } from '../../runtime/errors.ts';
import type { CliOptions } from './cli-options.ts';
import { commandLineOf } from './command-line.ts';
import type { BackupSelector, RestoreAction, RestoreOptions } from './restore-options.ts';
import { defaultCompareLimit, parseUntil } from './restore-options.ts';
import { selectorOfWords } from './selector-words.ts';

/** What is meant by it; times are in `zone`. Throws ARGUMENT_INVALID when it says two things at once, or no time. */
export function actionOf(typed: CliOptions, zone: string): RestoreAction {
  const compared = typeof typed.compare === 'string';
  const asked = [
    compared ? '--compare' : null,
    typed.file === undefined || (compared && typed.folder === undefined) ? null : typed.file,
    typed.at === undefined ? null : '--at',
    typed.undo === undefined ? null : '--undo',
    typed.safetyCopies === undefined ? null : '--safety-copies',
    typed.state === undefined ? null : '--state',
  ].filter((what) => what !== null);
  if (asked.length > 1) throw invalid(`${asked.join(' and ')} cannot be combined.`, 'Give one of them.');
  if (typed.remove !== undefined && typed.safetyCopies === undefined) {
    throw invalid('--remove is for safety copies only.', 'Add --safety-copies, and name one that it lists.');
  }
  refuseUnusedOptions(typed);
  refuseTwoOwners(typed);
  if (typed.leaveOff !== undefined && namesIn(typed.leaveOff).length === 0) {
    throw invalid('--leave-off names no service.', 'Name those that RESTORE_UNFINISHED names, separated by commas.');
  }
  if (typed.leaveOff !== undefined && (asked.length > 0 || typed.dryRun || typed.compare)) {
    throw invalid(
      '--leave-off only finishes an unfinished restore.',
      'Run it alone: `nightshift restore --leave-off NAMES`.',
    );
  }
  if (typed.state !== undefined) {
    return {
      kind: 'restore state',
      name: typed.state === true ? null : typed.state,
      replace: typed.replaceState ?? false,
    };
  }
  if (typed.safetyCopies) {
    return typed.remove === undefined
      ? { kind: 'list safety copies' }
      : { kind: 'remove safety copy', name: typed.remove };
  }
  if (typed.compare !== undefined) return { kind: 'compare', selector: comparedSelector(typed, zone) };
  if (typed.undo !== undefined) return { kind: 'undo', name: typed.undo === true ? null : typed.undo };
  const selector = selectorOf(typed, zone);
  if (selector === null && typed.to !== undefined) throw invalid('--to needs a backup.', 'Name one, or say `latest`.');
  if (selector === null) return { kind: 'resume' };
  return typed.to === undefined
    ? { kind: 'restore', selector }
    : { kind: 'write copy', selector, to: path.resolve(typed.to) };
}

/** An option that would be ignored is one that the person counts on. */
function refuseUnusedOptions(typed: CliOptions): void {
  const { to, undo, safetyCopies, remove, dryRun, allowDamagedCopy, compare, compareLimit } = typed;
  const besides = Object.entries({ '--to': to, '--undo': undo, '--safety-copies': safetyCopies, '--dry-run': dryRun });
  const beside = besides.find(([, value]) => value !== undefined)?.[0];
  if (compare !== undefined && beside !== undefined) {
    throw invalid(
      `--compare only compares, and changes nothing: ${beside} has no meaning beside it.`,
      'Give one of them.',
    );
  }
  if (compareLimit !== undefined && compare === undefined) {
    throw invalid('--compare-limit is for --compare only.', 'Leave it out, or add --compare.');
  }
  refuseBesideState(typed);
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

/** What is about a database or its services has no meaning for the state. */
function refuseBesideState(typed: CliOptions): void {
  const { state, replaceState } = typed;
  if (replaceState && state === undefined) {
    throw invalid('--replace-state is for --state only.', 'Leave it out, or add --state.');
  }
  if (state === undefined) return;
  const { to, database, owner, mode, keepOwner, healthTimeout, allowEmpty, allowOtherDatabase } = typed;
  const given = Object.entries({
    '--to': to,
    '--database': database,
    '--owner': owner,
    '--mode': mode,
    '--keep-owner': keepOwner,
    '--health-timeout': healthTimeout,
    '--allow-empty': allowEmpty,
    '--allow-other-database': allowOtherDatabase,
  });
  const beside = given.find(([, value]) => value !== undefined)?.[0];
  if (beside !== undefined) {
    throw invalid(`--state brings back STATE_DIR, no database: ${beside} has no meaning beside it.`, 'Leave it out.');
  }
}

function refuseTwoOwners({ keepOwner, owner, mode, undo, to }: CliOptions): void {
  if (!keepOwner) return;
  if (owner !== undefined || mode !== undefined) {
    const other = owner === undefined ? '--mode' : '--owner';
    throw invalid(`--keep-owner and ${other} cannot be combined.`, 'Give one of them.');
  }
  if (undo !== undefined) {
    throw invalid('--undo brings a database back with its own owner and mode.', 'Leave out --keep-owner.');
  }
  if (to !== undefined) throw invalid('--keep-owner keeps those of the database; --to replaces none.', 'Leave it out.');
}

/** After `--compare`, or in front of it; without any the person picks one. */
function comparedSelector(typed: CliOptions, zone: string): BackupSelector {
  if (typeof typed.compare === 'string') return selectorOfWords(typed.compare, typed.file);
  return selectorOf(typed, zone) ?? { kind: 'pick' };
}

function selectorOf({ file, folder, at }: CliOptions, zone: string): BackupSelector | null {
  if (at === undefined) return file === undefined ? null : selectorOfWords(file, folder);
  const until = parseUntil(at);
  if (until !== null) return { kind: 'at', until, asked: at };
  throw invalid(
    `"${at}" is neither a date nor a local time.`,
    `Write 2025-11-30 (up to the end of that day), "2025-11-30 14:00" or "2025-11-30 14:00:30", local time in ${zone} (TIME_ZONE).`,
  );
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
    compareLimitSeconds: typed.compareLimit ?? defaultCompareLimit,
    owner: { ids: typed.owner ?? null, mode: typed.mode ?? null, keep: typed.keepOwner ?? false },
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
