import path from 'node:path';
import { Failure } from '../../runtime/errors.ts';
import type { CliOptions } from './cli-options.ts';
import { commandLineOf } from './command-line.ts';
import type { BackupSelector, RestoreAction, RestoreOptions } from './restore-options.ts';
import { defaultCompareLimit, parseUntil } from './restore-options.ts';
import { selectorOfWords } from './selector-words.ts';
import { refuseUnusedOptions } from './unused-options.ts';

/** What is meant by it; times are in `zone`. Throws ARGUMENT_INVALID when it says two things at once, or no time. */
export function actionOf(typed: CliOptions, zone: string): RestoreAction {
  const action = actionMeant(typed, zone);
  refuseUnusedOptions(typed, action.kind);
  return action;
}

function actionMeant(typed: CliOptions, zone: string): RestoreAction {
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

function refuseTwoOwners({ keepOwner, owner, mode }: CliOptions): void {
  if (!keepOwner || (owner === undefined && mode === undefined)) return;
  const other = owner === undefined ? '--mode' : '--owner';
  throw invalid(`--keep-owner and ${other} cannot be combined.`, 'Give one of them.');
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
