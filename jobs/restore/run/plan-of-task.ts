import type { Database } from '../../settings/databases.ts';
import type { RestoreSource } from '../choice/restore-source.ts';
import type { RestoreOptions } from '../options/restore-options.ts';
import { readOwnerChange } from '../plan/owner-change.ts';
import { planOf, type RestorePlan } from '../plan/plan.ts';
import { planText } from '../plan/plan-text.ts';
import { type CurrentState, type Survey, survey } from '../plan/survey.ts';
import { requireUndoRoom } from '../staging/undo-room.ts';
import type { StagedFile } from '../staging/verified-file.ts';
import type { RestoreDeps } from './restore-deps.ts';

/** What takes whose place, and how. */
export type RestoreTask = {
  readonly source: RestoreSource;
  readonly database: Database;
  readonly options: RestoreOptions;
};

/** Looks at what the restore meets. Throws as `survey` does. */
export function runSurvey(
  { source, database, options }: RestoreTask,
  { services, settings, clock, signal }: RestoreDeps,
): Promise<Survey> {
  const at = clock.now().toZonedDateTimeISO(settings.zone).toPlainDateTime();
  return survey(database.path, source, { services, wanted: settings.restoreServices, options, at, signal });
}

/** Puts the plan together and prints it. `staged`: what is ready to take the place; null for a dry run. Throws DISK_FULL. */
export async function showPlanOf(
  { source, database, options }: RestoreTask,
  found: Survey,
  current: CurrentState,
  staged: StagedFile | null,
  { out, bold, settings }: RestoreDeps,
): Promise<RestorePlan> {
  // What is staged has taken its room already.
  const missingBytes = staged === null ? source.leastBytes : 0;
  const remarks = [...found.remarks, ...requireUndoRoom(database.path, missingBytes, options.undoRoom)];
  const ownership = await readOwnerChange(source, database.path, options.owner, staged?.file ?? null);
  const plan = planOf(source, database, options, { ...found, remarks }, { ...current, ownership }, staged);
  out(planText(plan, { now: source.now(), zone: settings.zone }, bold));
  return plan;
}
