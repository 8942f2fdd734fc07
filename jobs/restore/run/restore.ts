import { runBoth } from '../../runtime/run-both.ts';
import type { Database } from '../../settings/databases.ts';
import { totalRows } from '../../sqlite/contents.ts';
import type { RestoreSource } from '../choice/restore-source.ts';
import { stagedPath } from '../files/names.ts';
import type { RestoreOptions } from '../options/restore-options.ts';
import { targetOwner } from '../plan/owner-change.ts';
import { requirePrompt } from '../plan/prompts.ts';
import { readCurrentState } from '../plan/survey.ts';
import { assertReplaceable } from '../staging/preflight.ts';
import { cleanUpOnFailure } from '../staging/stage.ts';
import { requireUndoRoom, undoBytes } from '../staging/undo-room.ts';
import type { StagedFile } from '../staging/verified-file.ts';
import { resumeUnfinished } from '../swap/resume.ts';
import { agree } from './agree.ts';
import { PlanOutdated } from './ask-unlocked.ts';
import { removeLeftoversOf } from './leftovers.ts';
import { type RestoreTask, runSurvey, showPlanOf } from './plan-of-task.ts';
import { notDoneFailure } from './report.ts';
import { reportResult, reportResumed } from './report-result.ts';
import type { RestoreDeps } from './restore-deps.ts';
import { type RunRecorder, withRunRecord } from './run-recorder.ts';
import { journalOf, switchOver } from './switch-over.ts';
import { uninterruptible } from './uninterruptible.ts';
import { type HeldLock, withLock } from './with-lock.ts';

/**
 * Puts what `choose` gives in the place of `database`: all checked and staged while services run, then the switch. It chooses
 * once the lock is held, and again when what was shown does not hold any more. Throws a Failure; then the old database is in place, or RESTORE_UNFINISHED says what is not.
 */
export async function restore(
  choose: () => RestoreSource,
  database: Database,
  options: RestoreOptions,
  deps: RestoreDeps,
): Promise<void> {
  requirePrompt(options.yes, deps.prompt);
  await assertReplaceable(database.path);
  for (;;) {
    try {
      return await attemptRestore(choose, database, options, deps);
    } catch (error) {
      if (!(error instanceof PlanOutdated)) throw error;
      deps.log.warn(`${error.message} It is prepared again.`);
    }
  }
}

async function attemptRestore(
  choose: () => RestoreSource,
  database: Database,
  options: RestoreOptions,
  deps: RestoreDeps,
): Promise<void> {
  const { settings } = deps;
  await withLock(database, deps, async (lock) => {
    const place = { stateDir: settings.stateDir, database: database.name };
    const resumeDeps = { ...deps, leaveOff: [] };
    const resumed = await withRunRecord(place, deps, async (recorder) => {
      const ended = await uninterruptible(deps, () => resumeUnfinished(database.path, settings.zone, resumeDeps));
      if (ended === null) await restoreLocked({ source: choose(), database, options }, { recorder, lock }, deps);
      else reportResumed(ended, options.commandLine, deps);
      return ended;
    });
    if (resumed !== null) throw notDoneFailure(resumed, options.commandLine);
  });
}

async function restoreLocked(
  task: RestoreTask,
  { recorder, lock }: { readonly recorder: RunRecorder; readonly lock: HeldLock },
  deps: RestoreDeps,
): Promise<void> {
  const { source, database } = task;
  const stagedFile = stagedPath(database.path);
  removeLeftoversOf(database, deps);
  const startedAt = deps.clock.now();

  recorder.step('survey');
  const found = await runSurvey(task, deps);

  recorder.step('stage and verify');
  await deps.checkpoint('before staging');
  const { staged, current } = await stage(task, stagedFile, deps);

  recorder.step('confirm');
  const plan = await cleanUpOnFailure(stagedFile, () => showPlanOf(task, found, current, staged, deps));
  const agreed = await agree(task, { plan, staged, found: { ...found, current } }, lock, deps);
  const journal = await cleanUpOnFailure(stagedFile, () => journalOf(task, agreed, staged, startedAt, deps));

  recorder.step('switch over');
  recorder.note({ key: source.label, rows: rowsIn(staged), snapshotBytes: staged.bytes });
  const ended = await uninterruptible(deps, () => switchOver(journal, staged, agreed, task, deps));
  reportResult(ended, source.now(), deps);
}

/** Brings the verified copy beside the database, and meanwhile reads what the database holds now. */
async function stage({ source, database, options }: RestoreTask, stagedFile: string, deps: RestoreDeps) {
  requireUndoRoom(database.path, source.leastBytes, options.undoRoom);
  const stageDeps = options.undoRoom ? { ...deps, undoBytes: undoBytes(database.path) } : deps;
  const owner = targetOwner(source, database.path, options.owner);
  const [staged, current] = await cleanUpOnFailure(stagedFile, () =>
    runBoth(
      deps.signal,
      (either) => source.stage(stagedFile, owner, { ...stageDeps, signal: either }),
      (either) => readCurrentState(database.path, either),
    ),
  );
  return { staged, current };
}

function rowsIn({ fingerprint }: StagedFile): number | null {
  return fingerprint === null ? null : totalRows(fingerprint.tables);
}
