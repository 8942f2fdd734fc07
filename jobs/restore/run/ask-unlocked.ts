import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { Failure } from '../../runtime/errors.ts';
import { restoreJournalPath } from '../../sqlite/lock/lock-state.ts';
import { fileState } from '../files/file-state.ts';
import { movedPath } from '../files/moved-copy.ts';
import { asidePath, stagedPath } from '../files/names.ts';
import type { RestorePlan } from '../plan/plan.ts';
import { planChanges } from '../plan/plan-changes.ts';
import type { StagedFile } from '../staging/verified-file.ts';
import type { HeldLock } from './with-lock.ts';

/** What was shown when the question was asked does not hold any more: the plan is to be made and shown again. */
export class PlanOutdated extends Failure {
  constructor(changes: readonly string[]) {
    const message = `While the question was open, ${changes.join(', and ')}.`;
    super('INTERRUPTED', message, 'Look at the new plan. Nothing was stopped or changed.');
  }
}

type OpenQuestion<Found> = {
  readonly shown: RestorePlan;
  readonly ask: () => Promise<void>;
  readonly lookAgain: () => Promise<{ readonly plan: RestorePlan; readonly found: Found }>;
};

/**
 * Asks without the lock, which a scheduled backup may need before somebody answers; meanwhile the staged file has a name
 * that no other restore uses, and a safety copy stays where it is. Returns what is found once the lock is held again. Throws
 * PlanOutdated when that is not what was shown, and what `ask` throws; no staged file is left then.
 */
export async function askUnlocked<Found>(
  database: string,
  staged: StagedFile,
  lock: HeldLock,
  { shown, ask, lookAgain }: OpenQuestion<Found>,
): Promise<Found> {
  const aside = asidePath(database, randomBytes(8).toString('hex'));
  const { moved, state } = staged;
  const isStaged = () => (moved === null ? existsSync(aside) : fileState(movedPath(database, moved)) === state);
  if (moved === null) renameSync(stagedPath(database), aside);
  try {
    await lock.whileReleased(ask);
    // Another restore removes what it takes for left over, and its journal needs the name of the staged file.
    if (existsSync(restoreJournalPath(database))) throw new PlanOutdated(['another restore began']);
    if (!isStaged()) {
      const lost = moved === null ? 'another restore began' : `${moved.name} was written to, or taken`;
      throw new PlanOutdated([lost]);
    }
    const { plan, found } = await lookAgain();
    const changes = planChanges(shown, plan);
    if (changes.length > 0) throw new PlanOutdated(changes);
    if (moved === null) renameSync(aside, stagedPath(database));
    return found;
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}
