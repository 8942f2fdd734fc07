import { existsSync } from 'node:fs';
import { runBoth } from '../../runtime/run-both.ts';
import type { Database } from '../../settings/databases.ts';
import { totalRows } from '../../sqlite/contents.ts';
import { restoreJournalPath } from '../../sqlite/lock/lock-state.ts';
import type { RestoreSource } from '../choice/restore-source.ts';
import { removeDatabaseFiles } from '../files/database-files.ts';
import { stagedPath } from '../files/names.ts';
import type { RestoreOptions } from '../options/restore-options.ts';
import { readOwnerChange, targetOwner } from '../plan/owner-change.ts';
import { planOf } from '../plan/plan.ts';
import { planText } from '../plan/plan-text.ts';
import { confirm, requirePrompt } from '../plan/prompts.ts';
import { readCurrentState, type Survey, survey } from '../plan/survey.ts';
import { type AffectedServices, findAffectedServices } from '../services/affected-services.ts';
import { assertReplaceable, removeLeftovers, removeOldTemporaries } from '../staging/preflight.ts';
import { cleanUpOnFailure } from '../staging/stage.ts';
import { requireUndoRoom, undoBytes } from '../staging/undo-room.ts';
import type { StagedFile } from '../staging/verified-file.ts';
import type { RestoreJournal } from '../swap/journal.ts';
import { resumeUnfinished } from '../swap/resume.ts';
import { runSteps } from '../swap/run-steps.ts';
import { assertNotInUse, findDatabaseUsers } from '../usage/database-users.ts';
import { askUnlocked, PlanOutdated } from './ask-unlocked.ts';
import { newJournal } from './new-journal.ts';
import {
  afterRollbackText,
  isLeftOffAsRequested,
  notDoneFailure,
  notDoneText,
  reportText,
  resultFailure,
  rolledBackText,
} from './report.ts';
import type { RestoreDeps } from './restore-deps.ts';
import { type RunRecorder, withRunRecord } from './run-recorder.ts';
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
      if (ended === null) await restoreLocked(choose(), database, options, { recorder, lock }, deps);
      else reportResumed(ended, options.commandLine, deps);
      return ended;
    });
    if (resumed !== null) throw notDoneFailure(resumed, options.commandLine);
  });
}

async function restoreLocked(
  source: RestoreSource,
  database: Database,
  options: RestoreOptions,
  { recorder, lock }: { readonly recorder: RunRecorder; readonly lock: HeldLock },
  deps: RestoreDeps,
): Promise<void> {
  const { services: manager, clock, log, signal, out, prompt, settings, checkpoint } = deps;
  removeLeftoversOf(database, deps);
  const startedAt = clock.now();

  recorder.step('survey');
  const found = await runSurvey(source, database, options, deps);
  recorder.step('stage and verify');
  await checkpoint('before staging');
  const { undoRoom } = options;
  requireUndoRoom(database.path, source.leastBytes, undoRoom);
  const stageTools = undoRoom ? { ...deps, undoBytes: undoBytes(database.path) } : deps;
  const stagedFile = stagedPath(database.path);
  const owner = targetOwner(source, database.path, options.owner);
  const isAsked = !options.yes && prompt !== null;
  const { plan, staged, current } = await cleanUpOnFailure(stagedFile, async () => {
    const [staged, current] = await runBoth(
      signal,
      (either) => source.stage(stagedFile, owner, { ...stageTools, signal: either }),
      (either) => readCurrentState(database.path, either),
    );
    recorder.step('confirm');
    const remarks = [...found.remarks, ...requireUndoRoom(database.path, 0, undoRoom)];
    const ownership = await readOwnerChange(source, database.path, options.owner, staged.file);
    const plan = planOf(source, database, options, { ...found, remarks }, { ...current, ownership }, staged);
    out(planText(plan, { now: source.now(), zone: settings.zone }, deps.bold));
    if (!isAsked) await confirm(plan.dangers, database.name, options.yes, prompt);
    return { plan, staged, current };
  });
  const lookAgain = async () => {
    // What it needs on the disk, it has there already.
    const again = await runSurvey({ ...source, leastBytes: 0 }, database, options, deps);
    const fresh = { ...(await readCurrentState(database.path, signal)), ownership: plan.ownership };
    return {
      plan: planOf(source, database, options, again, fresh, staged),
      found: { ...again, stamp: found.stamp, current: fresh },
    };
  };
  const ask = () => confirm(plan.dangers, database.name, options.yes, prompt);
  const agreed = isAsked
    ? await askUnlocked(database.path, staged, lock, { shown: plan, ask, lookAgain })
    : { ...found, current };
  const { journal, affected } = await cleanUpOnFailure(stagedFile, async () => {
    signal.throwIfAborted();
    const affected = isAsked ? agreed : await refreshAffected(found, database, options, deps);
    const { stamp, users } = agreed;
    const { services } = affected;
    const before = await manager.findUnhealthy(
      services.stop.map(({ service }) => service),
      signal,
    );
    signal.throwIfAborted();
    const oldTables = agreed.current.side?.fingerprint?.tables ?? null;
    const what = { stamp, services, users, oldTables, ...before };
    return { journal: newJournal(source, database, options, what, staged, startedAt), affected };
  });

  recorder.step('switch over');
  recorder.note({ key: source.label, rows: rowsIn(staged), snapshotBytes: staged.bytes });
  const assertStillNotInUse = async () => {
    if (options.allow.openFiles) return;
    const known = { containers: new Set(affected.services.staying), dockerGap: affected.dockerGap };
    const possibleHolders = { stopping: [], staying: affected.possibleHolders.staying };
    assertNotInUse(database.path, await findDatabaseUsers(database.path, known, affected.host), possibleHolders);
  };
  const ended = await uninterruptible(deps, () =>
    runSteps(journal, false, {
      services: manager,
      clock,
      log,
      checkpoint,
      assertNotInUse: assertStillNotInUse,
      leaveOff: [],
    }),
  ).catch((error) => {
    if (!existsSync(restoreJournalPath(database.path))) removeDatabaseFiles(staged.file);
    throw error;
  });
  reportResult(ended, source.now(), deps);
}

/**
 * Shows what a restore would do, as far as that is known without downloading anything. Changes nothing, but removes what a
 * killed one left of its looks for containers.
 */
export async function showPlan(
  source: RestoreSource,
  database: Database,
  options: RestoreOptions,
  deps: RestoreDeps,
): Promise<void> {
  await assertReplaceable(database.path);
  removeOldTemporaries(database.path, deps.clock.now());
  const found = await runSurvey(source, database, options, deps);
  const current = await readCurrentState(database.path, deps.signal);
  const remarks = [...found.remarks, ...requireUndoRoom(database.path, source.leastBytes, options.undoRoom)];
  const ownership = await readOwnerChange(source, database.path, options.owner, null);
  const plan = planOf(source, database, options, { ...found, remarks }, { ...current, ownership }, null);
  deps.out(planText(plan, { now: source.now(), zone: deps.settings.zone }, deps.bold));
  deps.out('Nothing was done (--dry-run).\n');
}

function runSurvey(
  source: RestoreSource,
  database: Database,
  options: RestoreOptions,
  deps: RestoreDeps,
): Promise<Survey> {
  const { services, settings, clock, signal } = deps;
  const at = clock.now().toZonedDateTimeISO(settings.zone).toPlainDateTime();
  return survey(database.path, source, { services, wanted: settings.restoreServices, options, at, signal });
}

/** Services may have come and gone during the download and the question: what counts is who runs now. */
async function refreshAffected(
  planned: Survey,
  database: Database,
  { allow }: RestoreOptions,
  { services, settings, log, signal }: RestoreDeps,
) {
  const wanted = { names: settings.restoreServices, mayBeMissing: allow.missingServices };
  const affected = await findAffectedServices(database.path, wanted, services, signal);
  const names = ({ services }: AffectedServices) =>
    services.stop.map(({ service }) => service.name).join(', ') || 'none';
  if (names(affected) !== names(planned)) {
    log.warn(`Since the plan was made, the services to stop have changed: ${names(affected)}.`);
  }
  return affected;
}

function rowsIn({ fingerprint }: StagedFile): number | null {
  return fingerprint === null ? null : totalRows(fingerprint.tables);
}

/** Removes what dead restores left of their staging. The caller holds the lock. */
export function removeLeftoversOf({ path }: Database, { clock, log }: RestoreDeps): void {
  for (const name of removeLeftovers(path, clock.now())) log.line(`Removed ${name}, left by an interrupted restore`);
}

/** Services may be down now: a request to stop is answered, and obeyed by finishing. */
export async function uninterruptible<T>({ signal, log }: RestoreDeps, work: () => Promise<T>): Promise<T> {
  const answer = () => log.warn('Finishing first, so that nothing is left half done: this takes a moment.');
  signal.addEventListener('abort', answer, { once: true });
  return work().finally(() => signal.removeEventListener('abort', answer));
}

/** Prints the report. Throws how it ended when that is not as it was meant to. */
function reportResult(ended: RestoreJournal, now: Temporal.Instant, { settings, out }: RestoreDeps): void {
  const failure = resultFailure(ended);
  if (failure?.code !== 'RESTORE_ROLLED_BACK') out(reportText(ended, { now, zone: settings.zone }));
  if (failure !== null) throw failure;
}

/** As `reportResult`, of a restore that another process began. `instead`: what was typed and is not done; null: this was asked for. */
export function reportResumed(ended: RestoreJournal, instead: readonly string[] | null, deps: RestoreDeps): void {
  const wentBack = ended.step === 'cleaningUp';
  if (wentBack && resultFailure(ended) === null) {
    deps.out(`\nAs before that restore: ${afterRollbackText(ended)}\n`);
    return;
  }
  if (isLeftOffAsRequested(ended)) {
    deps.out(`\n${rolledBackText(ended)}\n`);
    return;
  }
  try {
    reportResult(ended, deps.clock.now(), deps);
  } catch (error) {
    if (instead !== null) deps.log.warn(notDoneText(instead));
    throw error;
  }
}
