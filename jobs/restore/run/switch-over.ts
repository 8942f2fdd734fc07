import { existsSync } from 'node:fs';
import { restoreJournalPath } from '../../sqlite/lock/lock-state.ts';
import { removeDatabaseFiles } from '../files/database-files.ts';
import type { StagedFile } from '../staging/verified-file.ts';
import type { RestoreJournal } from '../swap/journal.ts';
import { runSteps } from '../swap/run-steps.ts';
import { assertNotInUse, findDatabaseUsers } from '../usage/database-users.ts';
import type { Agreed } from './agree.ts';
import { newJournal } from './new-journal.ts';
import type { RestoreTask } from './plan-of-task.ts';
import type { RestoreDeps } from './restore-deps.ts';

/** The journal of what was agreed to. Services that are unhealthy already are noted: they are not the restore's doing. */
export async function journalOf(
  { source, database, options }: RestoreTask,
  agreed: Agreed,
  staged: StagedFile,
  startedAt: Temporal.Instant,
  { services: manager, signal }: RestoreDeps,
): Promise<RestoreJournal> {
  signal.throwIfAborted();
  const { stamp, users, services, current } = agreed;
  const stopping = services.stop.map(({ service }) => service);
  const before = await manager.findUnhealthy(stopping, signal);
  signal.throwIfAborted();
  const oldTables = current.side?.fingerprint?.tables ?? null;
  return newJournal(source, database, options, { stamp, services, users, oldTables, ...before }, staged, startedAt);
}

/** Stops, swaps, starts: the steps that services notice. The staged file is removed when nothing was begun. */
export async function switchOver(
  journal: RestoreJournal,
  staged: StagedFile,
  agreed: Agreed,
  { database: { path }, options }: RestoreTask,
  { services, clock, log, checkpoint }: RestoreDeps,
): Promise<RestoreJournal> {
  const assertStillNotInUse = async () => {
    if (options.allow.openFiles) return;
    const known = { containers: new Set(agreed.services.staying), dockerGap: agreed.dockerGap };
    const possibleHolders = { stopping: [], staying: agreed.possibleHolders.staying };
    assertNotInUse(path, await findDatabaseUsers(path, known, agreed.host), possibleHolders);
  };
  try {
    const deps = { services, clock, log, checkpoint, assertNotInUse: assertStillNotInUse, leaveOff: [] };
    return await runSteps(journal, false, deps);
  } catch (error) {
    if (!existsSync(restoreJournalPath(path))) removeDatabaseFiles(staged.file);
    throw error;
  }
}
