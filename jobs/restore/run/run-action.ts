import type { CliContext } from '../../runtime/cli-context.ts';
import { asFailure, Failure } from '../../runtime/errors.ts';
import type { Database } from '../../settings/databases.ts';
import { targetDatabase } from '../choice/candidates.ts';
import { type RestoreSource, safetyCopySource } from '../choice/restore-source.ts';
import {
  assertCopyNotInUse,
  findSafetyCopy,
  removeSafetyCopyFile,
  safetyCopies,
  safetyCopiesText,
} from '../choice/safety-copies.ts';
import type { CliOptions } from '../options/cli-options.ts';
import { actionOf, restoreOptionsOf } from '../options/parse-options.ts';
import type { RestoreOptions } from '../options/restore-options.ts';
import { confirmRemoval, requirePrompt, requireRemovalPrompt } from '../plan/prompts.ts';
import { restore, showPlan } from './restore.ts';
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
  const changesSomething = !options.dryRun && action.kind !== 'list safety copies' && action.kind !== 'write copy';
  if (changesSomething && (await resumeAllUnfinished(settings.databases, action, options, deps))) return;
  const unfinished = unfinishedOf(settings.databases);
  await reportUnfinished(unfinished, deps);

  const target = () => targetDatabase(null, options.database, settings.databases);
  switch (action.kind) {
    case 'resume':
      if (unfinished.length > 0) return;
      if (!options.dryRun) await removeIdleLeftovers(settings.databases, deps);
      throw nothingRequested();
    case 'list safety copies':
      return listSafetyCopies(settings.databases, deps);
    case 'remove safety copy':
      return removeSafetyCopy(action.name, target(), options, deps);
    case 'undo': {
      const copy = findSafetyCopy(target().path, action.name);
      const source = safetyCopySource(copy, settings.zone, options.allow.damagedCopy, deps.clock);
      // An undo is never refused for want of room for the next one; its plan says so.
      return restoreOrShow(source, target(), { ...options, undoRoom: false }, deps).catch(interruptedUntouched);
    }
    case 'restore':
      if (!options.dryRun) requirePrompt(options.yes, deps.prompt);
      return withBackup(action.selector, options, context, (source, { database }) =>
        restoreOrShow(source, database, options, deps),
      ).catch(interruptedUntouched);
    case 'write copy':
      return withBackup(action.selector, options, context, (source, _, { stateDir, store }) => {
        const keptFolders = [stateDir, ...(store.kind === 'directory' ? [store.folder] : [])];
        return writeCopy(action.to, source, { databases: settings.databases, keptFolders, owner: options.owner }, deps);
      }).catch(interruptedUntouched);
  }
}

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
    'See `nightshift list`, then `nightshift restore NAME`, or `nightshift restore latest`. `nightshift restore --help` has more.',
  );
}

function listSafetyCopies(databases: readonly Database[], { settings, clock, out }: RestoreDeps): void {
  for (const { path } of databases) {
    const kept = safetyCopies(path);
    const now = clock.now().toZonedDateTimeISO(settings.zone).toPlainDateTime();
    out(
      kept.length === 0
        ? `No safety copies of ${path}.\n`
        : `Safety copies of ${path}:\n${safetyCopiesText(kept, now)}`,
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
  findSafetyCopy(database.path, name);
  await withLock(database, deps, async () => {
    const file = findSafetyCopy(database.path, name);
    await assertCopyNotInUse(file.path, options);
    await confirmRemoval(file.path, options.yes, deps.prompt);
    removeSafetyCopyFile(database.path, file);
    deps.out(`Removed ${file.path}.\n`);
  });
}

function restoreOrShow(
  source: RestoreSource,
  database: Database,
  options: RestoreOptions,
  deps: RestoreDeps,
): Promise<void> {
  return options.dryRun ? showPlan(source, database, options, deps) : restore(source, database, options, deps);
}
