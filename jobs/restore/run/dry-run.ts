import { readCurrentState } from '../plan/survey.ts';
import { assertReplaceable, removeOldTemporaries } from '../staging/preflight.ts';
import { type RestoreTask, runSurvey, showPlanOf } from './plan-of-task.ts';
import type { RestoreDeps } from './restore-deps.ts';

/**
 * Shows what a restore would do, as far as that is known without downloading anything. Changes nothing, but removes what a
 * killed one left of its looks for containers.
 */
export async function showPlan(task: RestoreTask, deps: RestoreDeps): Promise<void> {
  const { path } = task.database;
  await assertReplaceable(path);
  removeOldTemporaries(path, deps.clock.now());
  const found = await runSurvey(task, deps);
  await showPlanOf(task, found, await readCurrentState(path, deps.signal), null, deps);
  deps.out('Nothing was done (--dry-run).\n');
}
