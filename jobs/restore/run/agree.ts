import { stagedPath } from '../files/names.ts';
import { planOf, type RestorePlan } from '../plan/plan.ts';
import { confirm } from '../plan/prompts.ts';
import { type CurrentState, readCurrentState, type Survey } from '../plan/survey.ts';
import { type AffectedServices, findAffectedServices } from '../services/affected-services.ts';
import { cleanUpOnFailure } from '../staging/stage.ts';
import type { StagedFile } from '../staging/verified-file.ts';
import { askUnlocked } from './ask-unlocked.ts';
import { type RestoreTask, runSurvey } from './plan-of-task.ts';
import type { RestoreDeps } from './restore-deps.ts';
import type { HeldLock } from './with-lock.ts';

/** What the restore meets, as it was when it was agreed to. */
export type Agreed = Survey & { readonly current: CurrentState };

type ShownPlan = { readonly plan: RestorePlan; readonly staged: StagedFile; readonly found: Agreed };

/**
 * Has the plan that was shown confirmed, by --yes or by a person, and looks again: it may be long since the survey. Throws
 * RESTORE_DECLINED, what a danger is refused with, PlanOutdated, or as `survey` does; nothing staged is left then.
 */
export async function agree(
  task: RestoreTask,
  { plan, staged, found }: ShownPlan,
  lock: HeldLock,
  deps: RestoreDeps,
): Promise<Agreed> {
  const { database, options } = task;
  const { prompt, signal } = deps;
  const ask = () => confirm(plan.dangers, database.name, options.yes, prompt);
  if (!options.yes && prompt !== null) {
    const lookAgain = () => surveyAgain(task, { plan, staged, found }, deps);
    return askUnlocked(database.path, staged, lock, { shown: plan, ask, lookAgain });
  }
  return cleanUpOnFailure(stagedPath(database.path), async () => {
    await ask();
    signal.throwIfAborted();
    return { ...found, ...(await refreshAffected(found, task, deps)) };
  });
}

async function surveyAgain(task: RestoreTask, { plan, staged, found }: ShownPlan, deps: RestoreDeps) {
  const { source, database, options } = task;
  // What it needs on the disk, it has there already.
  const again = await runSurvey({ ...task, source: { ...source, leastBytes: 0 } }, deps);
  const current = await readCurrentState(database.path, deps.signal);
  return {
    plan: planOf(source, database, options, again, { ...current, ownership: plan.ownership }, staged),
    found: { ...again, stamp: found.stamp, current },
  };
}

/** Services may have come and gone during the download: what counts is who runs now. */
async function refreshAffected(
  planned: Survey,
  { database, options }: RestoreTask,
  { services, settings, log, signal }: RestoreDeps,
): Promise<AffectedServices> {
  const wanted = { names: settings.restoreServices, mayBeMissing: options.allow.missingServices };
  const affected = await findAffectedServices(database.path, wanted, services, signal);
  const names = ({ services }: AffectedServices) =>
    services.stop.map(({ service }) => service.name).join(', ') || 'none';
  if (names(affected) !== names(planned)) {
    log.warn(`Since the plan was made, the services to stop have changed: ${names(affected)}.`);
  }
  return affected;
}
