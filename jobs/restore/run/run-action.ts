import path from 'node:path';
import type { CliContext } from '../../runtime/cli-context.ts';
import { asFailure, Failure } from '../../runtime/errors.ts';
import type { Database } from '../../settings/databases.ts';
import { readRestoreSettings } from '../../settings/settings.ts';
import { targetDatabase } from '../choice/candidates.ts';
import type { RestoreSource } from '../choice/restore-source.ts';
import {
  assertCopyNotInUse,
  findSafetyCopy,
  removeSafetyCopyFile,
  safetyCopies,
  safetyCopiesText,
} from '../choice/safety-copies.ts';
import { safetyCopySource } from '../choice/safety-copy-source.ts';
import { parseSafetyCopyName } from '../files/names.ts';
import type { CliOptions } from '../options/cli-options.ts';
import { commandLineOf } from '../options/command-line.ts';
import { actionOf, restoreOptionsOf } from '../options/parse-options.ts';
import {
  type BackupSelector,
  copyOwner,
  ownerAsked,
  type RestoreAction,
  type RestoreOptions,
} from '../options/restore-options.ts';
import { confirmRemoval, requirePrompt, requireRemovalPrompt } from '../plan/prompts.ts';
import { restoreState } from '../state/restore-state.ts';
import { compare } from './compare.ts';
import { showPlan } from './dry-run.ts';
import { restore } from './restore.ts';
import { createDeps, type RestoreDeps } from './restore-deps.ts';
import { removeIdleLeftovers, reportUnfinished, resumeAllUnfinished, unfinishedOf } from './unfinished-restores.ts';
import { withBackup } from './with-backup.ts';
import { withLock } from './with-lock.ts';
import { writeCopy } from './write-copy.ts';

/** Does what a person typed; an unfinished restore comes first. Throws a Failure. Tests give `changes` to what it needs. */
export async function runAction(
  typed: CliOptions,
  context: CliContext,
  changes: Partial<RestoreDeps> = {},
): Promise<void> {
  const { settings, deps: usual } = await createDeps(typed.docker, context);
  const action = actionOf(typed, settings.zone);
  const options = restoreOptionsOf(typed);
  const deps = { ...usual, ...changes };
  if (action.kind === 'restore state')
    return restoreState(action, readRestoreSettings(context.environment), options, deps);
  const readers: readonly RestoreAction['kind'][] = ['list safety copies', 'write copy', 'compare'];
  const changesSomething = !options.dryRun && !readers.includes(action.kind);
  if (changesSomething && (await resumeAllUnfinished(settings.databases, action, options, deps))) return;
  const unfinished = unfinishedOf(settings.databases);
  await reportUnfinished(unfinished, deps);

  const target = () => targetDatabase(null, options.database, settings.databases);
  const restoreSelected = (selector: BackupSelector) =>
    withBackup(selector, options, context, { ...deps, isShown: true }, (source, { database, name, kind }) => {
      // To be repeated elsewhere, it names what was picked.
      const commandLine =
        selector.kind === 'pick' ? commandLineOf({ ...typed, file: name, folder: kind }) : options.commandLine;
      return restoreOrShow(() => source, database, { ...options, commandLine }, deps);
    }).catch(interruptedUntouched);
  switch (action.kind) {
    case 'resume':
      if (unfinished.length > 0) return;
      // What dead restores left is removed by the one that is picked: the list waits for no backup that is running.
      if (deps.prompt !== null && !options.yes) return restoreSelected({ kind: 'pick' });
      if (!options.dryRun) await removeIdleLeftovers(settings.databases, deps);
      throw nothingRequested();
    case 'list safety copies':
      return listSafetyCopies(options.database === null ? settings.databases : [target()], deps);
    case 'remove safety copy':
      return removeSafetyCopy(action.name, target(), options, deps);
    case 'undo': {
      const { path } = target();
      const copy = () => findSafetyCopy(path, action.name);
      const source = () => safetyCopySource(copy(), { ...options, zone: settings.zone }, deps.clock);
      // With none there is, no lock file is left behind.
      copy();
      // An undo is never refused for want of room for the next one; its plan says so.
      return restoreOrShow(source, target(), { ...options, undoRoom: false }, deps).catch(interruptedUntouched);
    }
    case 'restore':
      if (!options.dryRun) requirePrompt(options.yes, deps.prompt);
      return restoreSelected(action.selector);
    case 'write copy':
      return withBackup(action.selector, options, context, { ...deps, isShown: false }, (source, chosen, settings) => {
        const { stateDir, store } = settings;
        const keptFolders = [stateDir, ...(store.kind === 'directory' ? [store.folder] : [])];
        for (const remark of chosen.choiceRemarks) deps.log.line(remark);
        return writeCopy(
          action.to,
          source,
          { databases: settings.databases, keptFolders, owner: ownerAsked(options.owner, copyOwner) },
          deps,
        );
      }).catch(interruptedUntouched);
    case 'compare': {
      const { selector } = action;
      if (selector.kind === 'pick' && (deps.prompt === null || options.yes)) throw nothingRequested();
      const copy = namedSafetyCopy(selector, settings.databases);
      if (copy !== null) {
        const source = safetyCopySource(
          copy.file,
          { zone: settings.zone, allow: options.allow, owner: neverMoved },
          deps.clock,
        );
        return compare(source, copy.database, options, deps).catch(interruptedUntouched);
      }
      return withBackup(selector, options, context, { ...deps, isShown: true }, (source, { database }) =>
        compare(source, database, options, deps),
      ).catch(interruptedUntouched);
    }
  }
}

/** A safety copy that gets a mode of its own is copied, where else it would take the place of the database itself. */
const neverMoved = { ids: null, mode: 0o600, keep: false };

/** From the first stopped service on, a restore finishes before it obeys: what was interrupted had not begun that. */
function interruptedUntouched(error: unknown): never {
  const failure = asFailure(error);
  if (failure.code !== 'INTERRUPTED') throw error;
  const hint = 'No service was stopped and no database was changed; run it again if you want it.';
  throw new Failure('INTERRUPTED', failure.message, hint, error);
}

function nothingRequested(): Failure {
  return new Failure(
    'ARGUMENT_INVALID',
    'No restore is unfinished, and no backup was named.',
    'See `nightshift list`, then `nightshift restore NAME`, `nightshift restore latest`, or `nightshift restore --at 2025-11-30`. In a terminal (in a container: `docker run -it`) `nightshift restore` alone offers the list. `nightshift restore --help` has more.',
  );
}

/** The safety copy that is meant by its name or path, and its database; null when it is none. */
function namedSafetyCopy(selector: BackupSelector, databases: readonly Database[]) {
  if (selector.kind !== 'file' || selector.folder !== null) return null;
  const { name } = selector;
  const database = databases.find((one) => parseSafetyCopyName(path.basename(one.path), path.basename(name)) !== null);
  return database === undefined ? null : { database, file: findSafetyCopy(database.path, name) };
}

function listSafetyCopies(databases: readonly Database[], { settings, clock, out }: RestoreDeps): void {
  for (const { path: database } of databases) {
    const kept = safetyCopies(database);
    const now = clock.now().toZonedDateTimeISO(settings.zone).toPlainDateTime();
    out(
      kept.length === 0
        ? `No safety copies of ${database}.\n`
        : `Safety copies of ${database}:\n${safetyCopiesText(kept, now)}`,
    );
  }
}

async function removeSafetyCopy(
  name: string,
  database: Database,
  options: RestoreOptions,
  deps: RestoreDeps,
): Promise<void> {
  requireRemovalPrompt(options.yes, deps.prompt);
  const look = async () => {
    const found = findSafetyCopy(database.path, name);
    await assertCopyNotInUse(found.path, options);
    return found;
  };
  // A name that nothing has leaves no lock file behind.
  findSafetyCopy(database.path, name);
  await withLock(database, deps, async (lock) => {
    const { path } = await look();
    await lock.whileReleased(() => confirmRemoval(path, options.yes, deps.prompt));
    const file = await look();
    removeSafetyCopyFile(database.path, file);
    deps.out(`Removed ${file.path}.\n`);
  });
}

function restoreOrShow(
  choose: () => RestoreSource,
  database: Database,
  options: RestoreOptions,
  deps: RestoreDeps,
): Promise<void> {
  return options.dryRun
    ? showPlan({ source: choose(), database, options }, deps)
    : restore(choose, database, options, deps);
}
