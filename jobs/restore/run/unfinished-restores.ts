import { existsSync } from 'node:fs';
import type { Database } from '../../settings/databases.ts';
import { restoreJournalPath, wasEverLocked } from '../../sqlite/lock/lock-state.ts';
import type { RestoreAction, RestoreOptions } from '../options/restore-options.ts';
import type { RestoreJournal } from '../swap/journal.ts';
import { describeUnfinished, requireServices, resumeUnfinished } from '../swap/resume.ts';
import { forEachUnfinished } from './for-each-unfinished.ts';
import { removeLeftoversOf } from './leftovers.ts';
import { notDoneFailure } from './report.ts';
import { reportResumed } from './report-result.ts';
import type { RestoreDeps } from './restore-deps.ts';
import { withRunRecord } from './run-recorder.ts';
import { uninterruptible } from './uninterruptible.ts';
import { withLock } from './with-lock.ts';

/**
 * Takes unfinished restores to their ends, each whatever became of the others. True when that was what was asked for. Throws
 * RESTORE_RESUMED when it was not: what is in place now may be other than what the person had in mind.
 */
export async function resumeAllUnfinished(
  databases: readonly Database[],
  { kind }: RestoreAction,
  { leaveOff, commandLine }: RestoreOptions,
  deps: RestoreDeps,
): Promise<boolean> {
  const unfinished = unfinishedOf(databases);
  requireServices(
    leaveOff,
    unfinished.map(({ path }) => path),
  );
  const instead = kind === 'resume' ? null : commandLine;
  const resumed: RestoreJournal[] = [];
  await forEachUnfinished(unfinished, deps, (database) =>
    withLock(database, deps, () =>
      withRunRecord({ stateDir: deps.settings.stateDir, database: database.name }, deps, async (recorder) => {
        const ended = await uninterruptible(deps, () =>
          resumeUnfinished(database.path, deps.settings.zone, { ...deps, leaveOff }),
        );
        if (ended === null) return;
        resumed.push(ended);
        recorder.note({ key: ended.source, snapshotBytes: ended.staged.bytes });
        reportResumed(ended, instead, deps);
      }),
    ),
  );
  const last = resumed.at(-1);
  if (last !== undefined && instead !== null) throw notDoneFailure(last, instead);
  return unfinished.length > 0 && instead === null;
}

export const unfinishedOf = (databases: readonly Database[]) =>
  databases.filter(({ path }) => existsSync(restoreJournalPath(path)));

export async function reportUnfinished(databases: readonly Database[], deps: RestoreDeps): Promise<void> {
  await forEachUnfinished(databases, deps, async ({ path }) => {
    const message = describeUnfinished(path, deps.settings.zone);
    if (message !== null) deps.log.warn(`${message} \`nightshift restore\` does that; nothing was done now.`);
  });
}

/** Whatever killed a restore, it had taken the lock. */
export async function removeIdleLeftovers(databases: readonly Database[], deps: RestoreDeps): Promise<void> {
  for (const database of databases) {
    if (!(await wasEverLocked(database.path, deps.settings.stateDir))) continue;
    await withLock(database, deps, async () => removeLeftoversOf(database, deps));
  }
}
